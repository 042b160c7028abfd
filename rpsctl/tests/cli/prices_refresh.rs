//! `rpsctl cost prices --refresh`: a price file from AWS's price list, which is a fake here.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::aws::{dynamo_that_refuses, server};
use crate::golden::Golden;
use crate::price_list::price_list;
use crate::prices::{PriceFile, built_in, prices};
use crate::rpsctl::run_with;

fn read(file: &PriceFile) -> Value {
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
fn prices_are_refreshed() {
    let file = PriceFile::with("dated", "2020-01-01");
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
    // The day may have changed during the test.
    assert!([&days, &today()].contains(&&new["dated"]), "{new}");
    check_refreshed(&new);

    // The file can be read. Without a file, the command prints the same.
    prices(&["--region", "eu-west-1", "--prices", file.path()]).quietly();
    let ended = prices(&refresh).ends(0);
    let printed: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    for name in ["sqs-requests", "dashboards"] {
        assert_eq!(item(&printed, name)["tiers"], item(&new, name)["tiers"]);
    }
}

fn check_refreshed(new: &Value) {
    let requests = item(new, "sqs-requests");
    assert_eq!(new["dated"], requests["checked"]);
    let tiers = json!([{ "up_to": "100000000000", "price": "0.35" }, { "price": "0.3" }]);
    assert_eq!(requests["tiers"], tiers);
    assert_eq!(new["region"], "eu-west-1");
    let source = "AWS's price list: GetProducts of AWSQueueService, EU-Requests-Tier1";
    assert_eq!(requests["source"], source);
    // An item that the price list lacks keeps its price and source.
    let old = built_in("eu-west-1");
    assert_eq!(item(new, "dashboards"), item(&old, "dashboards"));
    assert_eq!(new["allowances"], old["allowances"]);
}

#[test]
fn a_region_without_built_in_prices_starts_from_other_prices() {
    let file = PriceFile::missing();
    let url = price_list();
    let place = ["--region", "eu-north-1", "--prices", file.path()];
    let ended = prices(&[&place[..], &["--refresh", "--endpoint-url", &url]].concat());
    assert_eq!((ended.code, &*ended.stdout), (Some(0), ""), "{ended:?}");
    // The fake list has CloudFront's prices, but none of this region.
    let kept = ended
        .stderr
        .lines()
        .filter(|line| line.contains(": kept the price of us-east-1, because "));
    assert_eq!(kept.count(), 19, "{ended:?}");
    let tiers = json!([{ "price": "0.012" }]);
    assert_eq!(item(&read(&file), "cdn-requests")["tiers"], tiers);
    prices(&place).quietly();
}

#[test]
fn a_failed_refresh_keeps_the_file() {
    let file = PriceFile::with("dated", "2020-01-01");
    let before = fs::read(file.path()).expect("a file");
    let place = ["--region", "eu-west-1", "--prices", file.path()];
    let refresh = [&place[..], &["--refresh"]].concat();
    let url = dynamo_that_refuses(&[("GetProducts", "AccessDeniedException")]);
    let message = "AWS does not allow pricing:GetProducts on the price list: ask for that permission, or pass another \
                   --profile (AWS says no to GetProducts)";
    prices(&[&refresh[..], &["--endpoint-url", &url]].concat()).says(3, message);
    let url = server(|_| (200, "hello".to_owned()));
    let message = format!("the server at {url} does not answer like AWS; check the URL");
    prices(&[&refresh[..], &["--endpoint-url", &url]].concat()).says(1, &message);
    prices(&refresh).says(3, "no AWS credentials: run `aws configure`, or `aws sso login --profile NAME` and pass --profile NAME, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    assert_eq!(fs::read(file.path()).expect("a file"), before);
}

#[test]
fn an_invalid_refresh_fails_before_any_call() {
    let env = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
    let refresh = |more: &[&str]| {
        let args = ["cost", "prices", "--refresh"];
        run_with(&env, args.iter().chain(more))
    };
    refresh(&["--local"]).says(
        2,
        "`rpsctl local` has no price list: pass --region REGION instead of --local",
    );
    let file = PriceFile::with("region", "eu-west-2");
    let path = file.path();
    refresh(&["--region", "eu-west-1", "--prices", path]).says(2, &format!("the price file {path} is for eu-west-2, not for eu-west-1: pass --region eu-west-2, or another file"));
    // Nobody's file is replaced because it does not read.
    file.write("{\"v\": 2}");
    refresh(&["--region", "eu-west-1", "--prices", path]).says(2, &format!("invalid price file {path}: its version is 2, but this rpsctl reads version 1; correct it, or delete it and create it again with `rpsctl cost prices --refresh --prices {path}`"));
    assert_eq!(fs::read_to_string(path).expect("a file"), "{\"v\": 2}");
}

#[test]
fn an_unwritable_file_is_an_error() {
    let url = price_list();
    let place = ["--region", "eu-west-1", "--prices", "/dev/null/prices.json"];
    prices(&[&place[..], &["--refresh", "--endpoint-url", &url]].concat()).says(
        1,
        "cannot write /dev/null/prices.json: Not a directory (os error 20)",
    );
}
