//! Tests the players' page: its files and the resources that serve them.

mod program_reader;
mod support;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use brotli::enc::BrotliEncoderParams;
use rps_contract::page::{
    CONFIG, FILES, INDEX, content_security_policy, content_security_policy_in_the_page,
};
use rps_infra::Settings;
use serde_json::{Value, json};

use self::program_reader::{of_type, resources};
use self::support::{full_settings, program_json};

/// The limit for the files that the page needs to start, compressed like by CloudFront.
const MAX_COMPRESSED_BYTES: usize = 14_000;

/// The limit for each other file.
const MAX_OTHER_BYTES: usize = 30_000;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/site");

/// Names and contents of the page's files.
fn files() -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(FOLDER).expect("the page").map(|file| {
        let file = file.expect("a file");
        let name = file.file_name().into_string().expect("UTF-8");
        (name, fs::read(file.path()).expect("a file"))
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

/// Whether the page needs a file to start: HTML, CSS, JavaScript or SVG.
fn starts_the_page(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(OsStr::to_str);
    ["html", "css", "js", "svg"].contains(&extension.expect("an extension"))
}

fn compressed(content: &[u8]) -> usize {
    let params = BrotliEncoderParams {
        quality: 11,
        ..BrotliEncoderParams::default()
    };
    let mut output = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut output, &params).expect("in memory")
}

#[test]
fn the_page_is_small() {
    let (first, others): (Vec<_>, Vec<_>) = files()
        .into_iter()
        .partition(|(name, _)| starts_the_page(name));
    let total: usize = first.iter().map(|(_, content)| compressed(content)).sum();
    assert!(total <= MAX_COMPRESSED_BYTES, "{total} bytes");
    for (name, content) in others {
        let bytes = content.len();
        assert!(bytes <= MAX_OTHER_BYTES, "{name}: {bytes} bytes");
    }
}

/// Width and height are after the signature and the head of the first chunk.
#[test]
fn the_manifest_names_icons_of_the_stated_size() {
    let read = |name: &str| fs::read(format!("{FOLDER}/{name}")).expect("a file");
    let manifest: Value = serde_json::from_slice(&read("manifest.webmanifest")).expect("JSON");
    let icons = manifest["icons"].as_array().expect("icons");
    assert_eq!(icons.len(), 2);
    for icon in icons {
        let image = read(icon["src"].as_str().expect("a name"));
        let side = u32::from_be_bytes(image[16..20].try_into().expect("four bytes"));
        assert_eq!(image[16..20], image[20..24], "a square");
        assert_eq!(icon["sizes"], format!("{side}x{side}"));
    }
}

/// `//` must begin a comment, with a space after it; otherwise it is part of another host's URL.
#[test]
fn the_page_requests_nothing_from_other_hosts() {
    for (name, content) in files()
        .into_iter()
        .filter(|(name, _)| starts_the_page(name))
    {
        let content = String::from_utf8(content)
            .expect("UTF-8")
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
    let source = |file: rps_contract::page::File| {
        (file != CONFIG && file.name != INDEX).then(|| format!("site/{}", file.name))
    };
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
    assert_eq!(behavior["compress"], true);
}

/// Chats load the preview of a link only from an absolute URL.
#[test]
fn the_index_has_the_absolute_url_of_the_preview_and_no_other_reference() {
    let program = program_json(&full_settings());
    let index = &program["resources"]["page-index-html"]["properties"]["content"];
    let index = index.as_str().expect("HTML");
    let preview = r#"<meta property="og:image" content="https://${page-distribution.domainName}/preview.png">"#;
    assert!(index.contains(preview), "{index}");
    assert_eq!(index.matches("${").count(), 1);
    let file = fs::read_to_string(format!("{FOLDER}/{INDEX}")).expect("the page");
    let deployed = index.replace("https://${page-distribution.domainName}/", "");
    assert_eq!(deployed, file);
}

#[test]
#[ignore = "needs Node"]
fn the_logic_of_the_page_passes_its_own_tests() {
    let test = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/game.test.js");
    let node = Command::new("node").args(["--test", test]).output();
    let node = node.expect("install Node.js");
    let output = String::from_utf8_lossy(&node.stdout);
    assert!(node.status.success(), "{output}");
}
