//! `rpsctl cost prices --refresh`: a price file of AWS's price list, which a stand-in answers.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::aws::{dynamo_that_refuses, server};
use crate::golden::Golden;
use crate::price_list::price_list;
use crate::prices::{File, built_in, prices};
use crate::rpsctl::run_with;

/// What is in a price file.
fn read(file: &File) -> Value {
    let text = fs::read_to_string(file.path()).expect("a file");
    assert!(text.ends_with("}\n"), "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// An item of a price file.
fn item<'a>(file: &'a Value, name: &str) -> &'a Value {
    let items = file["items"].as_array().expect("items");
    items.iter().find(|item| item["item"] == name).expect(name)
}

fn today() -> Value {
    json!(OffsetDateTime::now_utc().date().to_string())
}

#[test]
fn prices_are_made_anew() {
    let file = File::with("dated", "2020-01-01");
    let url = price_list();
    let days = today();
    let refresh = ["--refresh", "--region", "eu-west-1", "--endpoint-url", &url];
    let ended = prices(&[&refresh[..], &["--prices", file.path()]].concat());
    assert_eq!((ended.code, &*ended.stdout), (Some(0), ""), "{ended:?}");
    let directory = Path::new(file.path()).parent().expect("a directory");
    assert_eq!(fs::read_dir(directory).expect("entries").count(), 1);
    let mut golden = Golden::at("");
    golden.show(
        "cost prices --refresh --region eu-west-1 --prices prices.json",
        &ended,
    );
    golden.is("prices-refresh");

    let new = read(&file);
    // The day may end meanwhile.
    assert!([&days, &today()].contains(&&new["dated"]), "{new}");
    what_aws_says_is_new(&new);

    // They are read again; and the same is printed where no file is named.
    prices(&["--region", "eu-west-1", "--prices", file.path()]).quietly();
    let ended = prices(&refresh).ends(0);
    let printed: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    for name in ["sqs-requests", "dashboards"] {
        assert_eq!(item(&printed, name)["tiers"], item(&new, name)["tiers"]);
    }
}

fn what_aws_says_is_new(new: &Value) {
    let requests = item(new, "sqs-requests");
    assert_eq!(new["dated"], requests["checked"]);
    let tiers = json!([{ "up_to": "100000000000", "price": "0.35" }, { "price": "0.3" }]);
    assert_eq!(requests["tiers"], tiers);
    assert_eq!(new["region"], "eu-west-1");
    let source = "AWS's price list: GetProducts of AWSQueueService, EU-Requests-Tier1";
    assert_eq!(requests["source"], source);
    // What AWS does not say is as it was, with its source.
    let old = built_in("eu-west-1");
    assert_eq!(item(new, "dashboards"), item(&old, "dashboards"));
    assert_eq!(new["allowances"], old["allowances"]);
}

#[test]
fn prices_of_a_region_that_has_none() {
    let file = File::none();
    let url = price_list();
    let place = ["--region", "eu-north-1", "--prices", file.path()];
    let ended = prices(&[&place[..], &["--refresh", "--endpoint-url", &url]].concat());
    assert_eq!((ended.code, &*ended.stdout), (Some(0), ""), "{ended:?}");
    // The stand-in knows the edges of CloudFront, and nothing of that region.
    let kept = ended
        .stderr
        .lines()
        .filter(|line| line.contains(": kept as it was for us-east-1, because "));
    assert_eq!(kept.count(), 19, "{ended:?}");
    let tiers = json!([{ "price": "0.012" }]);
    assert_eq!(item(&read(&file), "cdn-requests")["tiers"], tiers);
    prices(&place).quietly();
}

#[test]
fn aws_does_not_answer() {
    let file = File::with("dated", "2020-01-01");
    let before = fs::read(file.path()).expect("a file");
    let place = ["--region", "eu-west-1", "--prices", file.path()];
    let refresh = [&place[..], &["--refresh"]].concat();
    let url = dynamo_that_refuses(&[("GetProducts", "AccessDeniedException")]);
    let message = "AWS does not allow pricing:GetProducts on the price list: ask for that permission, or pass another \
                   --profile (AWS says no to GetProducts)";
    prices(&[&refresh[..], &["--endpoint-url", &url]].concat()).says(3, message);
    let url = server(|_| (200, "hello".to_owned()));
    let message = format!("what answers at {url} is not AWS; check the URL");
    prices(&[&refresh[..], &["--endpoint-url", &url]].concat()).says(1, &message);
    prices(&refresh).says(3, "no AWS credentials: run `aws configure`, or `aws sso login --profile NAME` and pass --profile NAME, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    assert_eq!(fs::read(file.path()).expect("a file"), before);
}

#[test]
fn nothing_is_asked() {
    let env = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
    let refresh = |more: &[&str]| {
        let args = ["cost", "prices", "--refresh"];
        run_with(&env, args.iter().chain(more))
    };
    refresh(&["--local"]).says(
        2,
        "a `rpsctl local` has no price list: pass --region REGION instead of --local",
    );
    let file = File::with("region", "eu-west-2");
    let path = file.path();
    refresh(&["--region", "eu-west-1", "--prices", path]).says(2, &format!("the price file {path} is of eu-west-2, not of eu-west-1: pass --region eu-west-2, or another file"));
    // Nobody's file is replaced because it does not read.
    file.write("{\"v\": 2}");
    refresh(&["--region", "eu-west-1", "--prices", path]).says(2, &format!("the price file {path}: it is of version 2, and this rpsctl reads version 1; correct it, or delete it and make it anew with `rpsctl cost prices --refresh --prices {path}`"));
    assert_eq!(fs::read_to_string(path).expect("a file"), "{\"v\": 2}");
}

#[test]
fn a_file_that_cannot_be_written() {
    let url = price_list();
    let place = ["--region", "eu-west-1", "--prices", "/dev/null/prices.json"];
    prices(&[&place[..], &["--refresh", "--endpoint-url", &url]].concat()).says(
        1,
        "cannot write /dev/null/prices.json: Not a directory (os error 20)",
    );
}
