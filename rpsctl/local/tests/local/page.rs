//! Tests the players' page.

use std::fs;

use rps_contract::page::{CONFIG, FILES, content_security_policy};
use rps_local::Options;
use serde_json::json;

use crate::support::{Host, http};

async fn host() -> Host {
    Host::start(Options::default()).await
}

#[tokio::test]
async fn the_page_consists_of_its_files_with_their_types() {
    let host = host().await;
    let page = &host.local.urls().page;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pulumi/site");
    for file in FILES {
        let response = http::request("GET", &format!("{page}{}", file.name), &[], b"").await;
        assert_eq!(response.status, 200, "{}", file.name);
        assert_eq!(response.header("content-type"), Some(file.content_type));
        let content = fs::read(format!("{folder}/{}", file.name)).unwrap();
        assert_eq!(response.body, content, "{}", file.name);
    }
    // The socket has the page's own host and port.
    let config = format!("{page}{}", CONFIG.name);
    let response = http::request("GET", &config, &[], b"").await;
    assert_eq!(response.header("content-type"), Some(CONFIG.content_type));
    assert_eq!(response.json(), json!({ "socket": "/ws" }));
    for path in ["favicon.ico", "site", "style%2ecss%00"] {
        let response = http::request("GET", &format!("{page}{path}"), &[], b"").await;
        assert_eq!((response.status, response.text()), (404, ""), "{path}");
    }
    let root = http::request("GET", page, &[], b"").await;
    let index = http::request("GET", &format!("{page}index.html"), &[], b"").await;
    assert_eq!((root.status, root.body), (200, index.body));
}

#[tokio::test]
async fn the_page_is_compressed_for_clients_that_accept_it() {
    let host = host().await;
    let page = &host.local.urls().page;
    let script = format!("{page}game.js");
    let plain = http::request("GET", &script, &[], b"").await;
    assert_eq!(plain.header("content-encoding"), None);
    for encoding in ["br", "gzip"] {
        let accept = [("accept-encoding", encoding)];
        let response = http::request("GET", &script, &accept, b"").await;
        assert_eq!(response.header("content-encoding"), Some(encoding));
        assert_eq!(response.header("vary"), Some("accept-encoding"));
        assert!(response.body.len() < plain.body.len() / 2, "{encoding}");
        let image = http::request("GET", &format!("{page}icon-192.png"), &accept, b"").await;
        assert_eq!(image.header("content-encoding"), None);
    }
}

#[tokio::test]
async fn the_page_has_the_headers_of_cloudfront() {
    let host = host().await;
    let page = &host.local.urls().page;
    let policy = content_security_policy(None);
    for path in ["", "index.html", "page.js", "config.json"] {
        for method in ["GET", "HEAD"] {
            let response = http::request(method, &format!("{page}{path}"), &[], b"").await;
            assert_eq!(response.status, 200, "{method} {path}");
            assert_eq!(response.body.is_empty(), method == "HEAD", "{path}");
            for (name, value) in [
                ("content-security-policy", policy.as_str()),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "max-age=60"),
                // The local AWS has no HTTPS.
                ("strict-transport-security", ""),
            ] {
                let header = response.header(name).unwrap_or_default();
                assert_eq!(header, value, "{method} {path}: {name}");
            }
        }
    }
}
