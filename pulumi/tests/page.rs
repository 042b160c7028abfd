//! The players' page: its files, and what serves them.

mod reading;
mod support;

use std::collections::BTreeSet;
use std::fs;

use rps_contract::page::{
    CONFIG, Config, FILES, content_security_policy, content_security_policy_in_the_page,
};
use rps_infra::Settings;
use serde_json::{Value, json};

use self::reading::{of_type, resources};
use self::support::{everything, printed};

/// All files and the config, before compression, bytes.
const LARGEST_PAGE: usize = 30_000;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/site");

/// The files that are there: names and contents.
fn files() -> Vec<(String, String)> {
    let files = fs::read_dir(FOLDER).expect("the page").map(|file| {
        let file = file.expect("a file");
        let name = file.file_name().into_string().expect("UTF-8");
        (name, fs::read_to_string(file.path()).expect("text"))
    });
    files.collect()
}

/// The policy in the page's own `meta` tag, however its lines are broken.
fn policy_in_the_page() -> String {
    let page = fs::read_to_string(format!("{FOLDER}/index.html")).expect("the page");
    let (_, tag) = page
        .split_once(r#"<meta http-equiv="Content-Security-Policy""#)
        .expect("a policy");
    let (_, policy) = tag.split_once(r#"content=""#).expect("its content");
    let (policy, _) = policy.split_once('"').expect("its end");
    policy.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_files_are_those_that_are_served() {
    let there: BTreeSet<_> = files().into_iter().map(|(name, _)| name).collect();
    let served = FILES.map(|file| file.name.to_owned());
    assert_eq!(there, BTreeSet::from(served));
}

#[test]
fn the_page_is_small() {
    let config = Config {
        socket: "wss://0123456789.execute-api.eu-central-1.amazonaws.com/live".to_owned(),
    };
    let config = serde_json::to_string(&config).expect("plain data").len();
    let files: usize = files().iter().map(|(_, content)| content.len()).sum();
    assert!(files + config < LARGEST_PAGE, "{files} and {config} bytes");
}

/// Two slashes begin a comment, with a space after them, or the address of another host.
#[test]
fn the_page_asks_no_other_host() {
    for (name, content) in files() {
        let content = content
            .replace("http://www.w3.org/2000/svg", "")
            .replace("connect-src 'self' wss://*.amazonaws.com;", "");
        for (line, text) in content.lines().enumerate() {
            let mut after = text.match_indices("//").map(|(at, _)| &text[at + 2..]);
            let comment = after.all(|rest| rest.is_empty() || rest.starts_with(' '));
            assert!(comment, "{name}, line {}: {text}", line + 1);
        }
    }
}

#[test]
fn the_page_says_its_policy_itself() {
    assert_eq!(policy_in_the_page(), content_security_policy_in_the_page());
}

#[test]
fn the_page_is_off_unless_wanted_and_then_whole() {
    let plain = printed(&Settings::default());
    let kinds: BTreeSet<_> = resources(&plain)
        .filter_map(|(_, it)| it["type"].as_str())
        .collect();
    assert!(
        !kinds
            .iter()
            .any(|kind| kind.contains(":s3:") || kind.contains(":cloudfront:"))
    );
    assert_eq!(plain["outputs"]["page"], Value::Null);

    let program = printed(&everything());
    let uploaded: BTreeSet<_> = of_type(&program, "aws:s3:BucketObjectv2")
        .map(|it| {
            let source = it["source"]["fn::fileAsset"].as_str().map(str::to_owned);
            let text = |key: &str| it[key].as_str().expect("text").to_owned();
            (text("key"), text("contentType"), source)
        })
        .collect();
    let source =
        |file: rps_contract::page::File| (file != CONFIG).then(|| format!("site/{}", file.name));
    let expected = FILES.into_iter().chain([CONFIG]).map(|file| {
        let content_type = file.content_type.to_owned();
        (file.name.to_owned(), content_type, source(file))
    });
    assert_eq!(uploaded, expected.collect());
}

#[test]
fn the_page_is_told_where_the_socket_is_and_may_connect_there_only() {
    let program = printed(&everything());
    let config = &program["resources"]["page-config-json"]["properties"]["content"]["fn::toJSON"];
    assert_eq!(config, &json!({ "socket": "${stage.invokeUrl}" }));
    let headers: Vec<_> = of_type(&program, "aws:cloudfront:ResponseHeadersPolicy").collect();
    let policy = content_security_policy(Some("${api.apiEndpoint}"));
    assert_eq!(headers.len(), 1);
    assert_eq!(
        headers[0]["securityHeadersConfig"],
        json!({
            "contentSecurityPolicy": { "contentSecurityPolicy": policy, "override": true },
            "contentTypeOptions": { "override": true },
            "frameOptions": { "frameOption": "DENY", "override": true },
            "referrerPolicy": { "referrerPolicy": "no-referrer", "override": true },
            "strictTransportSecurity": { "accessControlMaxAgeSec": 31_536_000, "override": true },
        })
    );
    let distribution = of_type(&program, "aws:cloudfront:Distribution").next();
    let behavior = &distribution.expect("a distribution")["defaultCacheBehavior"];
    assert_eq!(behavior["responseHeadersPolicyId"], "${page-headers.id}");
}
