//! `rpsctl cost prices`: the prices and their sources.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::golden::Golden;
use crate::rpsctl::{Ended, run};

/// The built-in prices.
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

/// A price file that exists for one test. Transcripts show its name.
pub(crate) struct PriceFile(PathBuf);

impl PriceFile {
    /// A path in a new directory, without a file.
    pub(crate) fn missing() -> Self {
        let directory =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(uuid::Uuid::new_v4().to_string());
        fs::create_dir_all(&directory).expect("a directory");
        Self(directory.join("prices.json"))
    }

    /// The built-in prices for eu-west-1 with one other value.
    pub(crate) fn with(name: &str, value: &str) -> Self {
        let mut prices = built_in("eu-west-1");
        prices[name] = json!(value);
        Self::of(&prices.to_string())
    }

    pub(crate) fn of(text: &str) -> Self {
        let file = Self::missing();
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

impl Drop for PriceFile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.0.parent().expect("ours"));
    }
}

pub(crate) fn prices(more: &[&str]) -> Ended {
    run(["cost", "prices"].iter().chain(more))
}

#[test]
fn prices_and_their_sources_are_printed() {
    // Today, so that the prices are not old.
    let today = time::OffsetDateTime::now_utc().date().to_string();
    let file = PriceFile::with("dated", &today);
    let mut ended = prices(&["--region", "eu-west-1", "--prices", file.path()]).quietly();
    ended.stdout = ended.stdout.replacen(&today, "TODAY", 1);
    let mut golden = Golden::at("");
    golden.show("cost prices --region eu-west-1", &ended);
    golden.is("prices");

    // A `rpsctl local` has the prices of its region, and need not run.
    for target in [&["--local"] as &[_], &["--region", "us-east-1"]] {
        let ended = prices(&[target, &["--output", "json"]].concat()).ends(0);
        let lines = ended.rows();
        assert_eq!(lines.len(), 20);
        assert!(lines.iter().all(|line| line["region"] == "us-east-1"));
        let messages = json!([{ "up_to": "1000000000", "price": "1.00" }, { "price": "0.80" }]);
        assert_eq!(lines[0]["item"], "websocket-messages");
        assert_eq!(lines[0]["tiers"], messages);
    }
}

#[test]
fn old_and_future_prices_and_prices_of_another_region_are_noted() {
    let file = PriceFile::with("dated", "2020-01-01");
    let ended = prices(&["--region", "eu-west-1", "--prices", file.path()]);
    let (days, rest) = ended.stderr.split_once(" days ").expect("days");
    let days = days.strip_prefix("the prices are ");
    assert!(days.is_some_and(|days| days.len() > 3), "{ended:?}");
    let remedy = "refresh them with `rpsctl cost prices --refresh`\n";
    assert_eq!(rest, format!("old and may have changed: {remedy}"));

    let file = PriceFile::with("dated", "9999-01-01");
    let ended = prices(&["--region", "eu-north-1", "--prices", file.path()]).ends(0);
    let other = "the prices are for eu-west-1, not for eu-north-1";
    let remedy = "pass another --prices FILE, or --region eu-west-1";
    let future = "the prices are dated 9999-01-01, which is in the future";
    let correction = "correct the date in the price file, or this machine's clock";
    assert_eq!(
        ended.stderr,
        format!("{other}: {remedy}\n{future}: {correction}\n")
    );
}

#[test]
fn missing_and_invalid_prices_are_errors() {
    prices(&[]).says(2, "no AWS region: pass --region REGION, or set AWS_REGION");
    prices(&["--region", "eu-north-1"]).says(2, "no built-in prices for eu-north-1, only for us-east-1, eu-west-1, eu-central-1: create a price file with `rpsctl cost prices --refresh --region eu-north-1 --prices FILE`, then pass --prices FILE");
    let file = PriceFile::missing();
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
            "its version is 2, but this rpsctl reads version 1",
        ),
    ] {
        file.write(text);
        let remedy = format!("create it again with `rpsctl cost prices --refresh --prices {path}`");
        let message =
            format!("invalid price file {path}: {why}; correct it, or delete it and {remedy}");
        prices(&with).says(2, &message);
    }
}
