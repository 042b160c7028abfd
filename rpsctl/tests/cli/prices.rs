//! `rpsctl cost prices`: what is counted with, and where that is from.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::golden::Golden;
use crate::rpsctl::{Ended, run};

/// The prices that are built in.
pub(crate) fn built_in(region: &str) -> Value {
    let read = |name: &str| -> Value {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("prices/{name}.json"));
        let text = fs::read_to_string(file).expect("a file");
        serde_json::from_str(&text).expect("JSON")
    };
    let mut prices = read(region);
    prices["allowances"] = read("allowances");
    prices
}

/// A price file, for the length of a test. Its name is shown in transcripts.
pub(crate) struct File(PathBuf);

impl File {
    /// A place in a new directory, where no file is yet.
    pub(crate) fn none() -> Self {
        let directory =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(uuid::Uuid::new_v4().to_string());
        fs::create_dir_all(&directory).expect("a directory");
        Self(directory.join("prices.json"))
    }

    /// The prices that are built in for eu-west-1, with that in the place of something.
    pub(crate) fn with(name: &str, value: &str) -> Self {
        let mut prices = built_in("eu-west-1");
        prices[name] = json!(value);
        Self::of(&prices.to_string())
    }

    pub(crate) fn of(text: &str) -> Self {
        let file = Self::none();
        file.write(text);
        file
    }

    pub(crate) fn write(&self, text: &str) {
        fs::write(&self.0, text).expect("written");
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.0.parent().expect("ours"));
    }
}

/// Runs the command.
pub(crate) fn prices(more: &[&str]) -> Ended {
    run(["cost", "prices"].iter().chain(more))
}

#[test]
fn what_is_counted_with() {
    // Never old.
    let file = File::with("dated", "9999-01-01");
    let ended = prices(&["--region", "eu-west-1", "--prices", file.path()]).quietly();
    let mut golden = Golden::at("");
    golden.show("cost prices --region eu-west-1", &ended);
    golden.is("prices");

    // Those of a `rpsctl local` are those of the region that it says it is in, and need none of it.
    for place in [&["--local"] as &[_], &["--region", "us-east-1"]] {
        let ended = prices(&[place, &["--output", "json"]].concat()).ends(0);
        let lines = ended.rows();
        assert_eq!(lines.len(), 20);
        assert!(lines.iter().all(|line| line["region"] == "us-east-1"));
        let messages = json!([{ "up_to": "1000000000", "price": "1.00" }, { "price": "0.80" }]);
        assert_eq!(lines[0]["item"], "websocket-messages");
        assert_eq!(lines[0]["tiers"], messages);
    }
}

#[test]
fn prices_that_may_not_be_right() {
    let file = File::with("dated", "2020-01-01");
    let ended = prices(&["--region", "eu-west-1", "--prices", file.path()]);
    let (days, rest) = ended.stderr.split_once(" days ").expect("days");
    let days = days.strip_prefix("the prices are ");
    assert!(days.is_some_and(|days| days.len() > 3), "{ended:?}");
    let remedy = "make them anew with `rpsctl cost prices --refresh`\n";
    assert_eq!(rest, format!("old and may have changed: {remedy}"));

    let file = File::with("dated", "9999-01-01");
    let ended = prices(&["--region", "eu-north-1", "--prices", file.path()]).ends(0);
    let other = "these are prices of eu-west-1, not of eu-north-1";
    let remedy = "pass another --prices, or --region eu-west-1\n";
    assert_eq!(ended.stderr, format!("{other}: {remedy}"));
}

#[test]
fn no_prices() {
    prices(&[]).says(2, "no AWS region: pass --region REGION, or set AWS_REGION");
    prices(&["--region", "eu-north-1"]).says(2, "no prices of eu-north-1 are built in, only of us-east-1, eu-west-1, eu-central-1: make a file of them with `rpsctl cost prices --refresh --region eu-north-1 --prices FILE`, and pass --prices FILE");
    let file = File::none();
    let path = file.path();
    let with = ["--region", "eu-west-1", "--prices", path];
    prices(&with).says(2, &format!("cannot read the price file {path}: No such file or directory (os error 2); check --prices"));
    for (text, why) in [
        (
            "{\"v\": 1,\n \"region\": 3}",
            "invalid type: integer `3`, expected a string at line 2 column 12",
        ),
        (
            "{\"v\": 2}",
            "it is of version 2, and this rpsctl reads version 1",
        ),
    ] {
        file.write(text);
        let remedy = format!("make it anew with `rpsctl cost prices --refresh --prices {path}`");
        let message =
            format!("the price file {path}: {why}; correct it, or delete it and {remedy}");
        prices(&with).says(2, &message);
    }
}
