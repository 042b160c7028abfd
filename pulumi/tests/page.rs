//! Tests the players' page: its files and the resources that serve them.

mod program_reader;
mod support;

use std::collections::BTreeSet;
use std::fs;

use rps_contract::page::{
    CONFIG, Config, FILES, content_security_policy, content_security_policy_in_the_page,
};
use rps_infra::Settings;
use serde_json::{Value, json};

use self::program_reader::{of_type, resources};
use self::support::{full_settings, program_json};

/// The limit for all files and the config, before compression.
const MAX_PAGE_BYTES: usize = 30_000;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/site");

/// Names and contents of the page's files.
fn files() -> Vec<(String, String)> {
    let files = fs::read_dir(FOLDER).expect("the page").map(|file| {
        let file = file.expect("a file");
        let name = file.file_name().into_string().expect("UTF-8");
        (name, fs::read_to_string(file.path()).expect("text"))
    });
    files.collect()
}

/// The policy from the page's `meta` tag, in one line.
fn meta_tag_policy() -> String {
    let page = fs::read_to_string(format!("{FOLDER}/index.html")).expect("the page");
    let (_, tag) = page
        .split_once(r#"<meta http-equiv="Content-Security-Policy""#)
        .expect("a policy");
    let (_, policy) = tag.split_once(r#"content=""#).expect("its content");
    let (policy, _) = policy.split_once('"').expect("its end");
    policy.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_file_of_the_page_is_served() {
    let existing: BTreeSet<_> = files().into_iter().map(|(name, _)| name).collect();
    let served = FILES.map(|file| file.name.to_owned());
    assert_eq!(existing, BTreeSet::from(served));
}

#[test]
fn the_page_is_small() {
    let config = Config {
        socket: "wss://0123456789.execute-api.eu-central-1.amazonaws.com/live".to_owned(),
        closed: false,
    };
    let config = serde_json::to_string(&config).expect("plain data").len();
    let files: usize = files().iter().map(|(_, content)| content.len()).sum();
    assert!(files + config < MAX_PAGE_BYTES, "{files} + {config} bytes");
}

/// `//` must begin a comment, with a space after it; otherwise it is part of another host's URL.
#[test]
fn the_page_requests_nothing_from_other_hosts() {
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
fn the_page_contains_its_content_security_policy() {
    assert_eq!(meta_tag_policy(), content_security_policy_in_the_page());
}

#[test]
fn the_page_is_deployed_completely_if_the_setting_is_on_and_not_at_all_otherwise() {
    let without_page = program_json(&Settings::default());
    let kinds: BTreeSet<_> = resources(&without_page)
        .filter_map(|(_, resource)| resource["type"].as_str())
        .collect();
    assert!(
        !kinds
            .iter()
            .any(|kind| kind.contains(":s3:") || kind.contains(":cloudfront:"))
    );
    assert_eq!(without_page["outputs"]["page"], Value::Null);

    let program = program_json(&full_settings());
    let uploaded: BTreeSet<_> = of_type(&program, "aws:s3:BucketObjectv2")
        .map(|file| {
            let source = file["source"]["fn::fileAsset"].as_str().map(str::to_owned);
            let text = |key: &str| file[key].as_str().expect("text").to_owned();
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
fn the_page_config_has_the_socket_url_and_the_policy_allows_only_that_host() {
    let program = program_json(&full_settings());
    let config = &program["resources"]["page-config-json"]["properties"]["content"]["fn::toJSON"];
    assert_eq!(config, &json!({ "socket": "${api.apiEndpoint}/live" }));
    let closed = program_json(&Settings {
        accept_players: false,
        ..full_settings()
    });
    let config = &closed["resources"]["page-config-json"]["properties"]["content"]["fn::toJSON"];
    assert_eq!(config["closed"], true);
    let headers: Vec<_> = of_type(&program, "aws:cloudfront:ResponseHeadersPolicy").collect();
    let policy = content_security_policy(Some("${api.apiEndpoint}/live"));
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
