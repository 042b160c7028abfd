//! Tests that a hostile web page cannot use the local AWS. They send the requests that a browser sends for a page.

use std::fs;
use std::path::PathBuf;

use rps_local::Options;
use rps_testkit::player::{Error, Player};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{self, Host, host, http};

pub(crate) const LIST_TABLES: &[&str] = &[
    "x-amz-target: DynamoDB_20120810.ListTables",
    "content-type: application/x-amz-json-1.0",
    "x-amz-date: 20261122T000000Z",
    "authorization: AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0",
];

const FOREIGN: &[&str] = &[
    "origin: http://evil.example",
    "origin: http://localhost:3000",
    "origin: null",
    "sec-fetch-site: cross-site",
    "sec-fetch-site: same-site",
];

/// Sends a request with exactly these headers. Returns the response's head and body.
async fn send(host: &Host, line: &str, headers: &[&[&str]], body: &str) -> (String, String) {
    send_to(&host.local.urls().endpoint, line, headers, body).await
}

pub(crate) async fn send_to(
    url: &str,
    line: &str,
    headers: &[&[&str]],
    body: &str,
) -> (String, String) {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let (headers, length) = (headers.concat().join("\r\n"), body.len());
    let request = format!(
        "{line} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

pub(crate) fn assert_refused((head, body): &(String, String), remedy: &str, request: &str) {
    assert!(head.starts_with("HTTP/1.1 403"), "{request}: {head}");
    assert!(!head.contains("access-control"), "{request}: {head}");
    let error: Value = serde_json::from_str(body).unwrap();
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(remedy), "{request}: {message}");
    assert!(!message.contains('\n'), "{request}: {message}");
}

#[tokio::test]
async fn only_hosts_of_this_machine_are_accepted() {
    let host = Host::start(Options::default()).await;
    for name in [
        "evil.example",
        "evil.example:4566",
        "localhost.evil.example",
        "127.0.0.1.evil.example:4566",
        "localhost:4566.evil.example",
        "",
    ] {
        let header = format!("host: {name}");
        for line in ["POST /", "GET /", "GET /ws", "GET /nowhere"] {
            let response = send(&host, line, &[LIST_TABLES, &[&*header]], "{}").await;
            assert_refused(&response, "use 127.0.0.1, localhost or [::1]", name);
        }
    }
    let response = send(&host, "POST /", &[LIST_TABLES], "{}").await;
    assert_refused(&response, "use 127.0.0.1, localhost or [::1]", "no host");
    // A user may forward another port.
    for name in ["127.0.0.1", "localhost:8080", "[::1]", "[::1]:4566"] {
        let header = format!("host: {name}");
        let (head, body) = send(&host, "POST /", &[LIST_TABLES, &[&*header]], "{}").await;
        assert!(head.starts_with("HTTP/1.1 200"), "{name}: {head}");
        assert_eq!(body, r#"{"TableNames":["rps"]}"#, "{name}");
    }
}

#[tokio::test]
async fn a_foreign_page_can_only_load_the_files_of_the_players_page() {
    let host = Host::start(Options::default()).await;
    let mapping = "/2015-03-31/event-source-mappings";
    for &page in FOREIGN {
        for line in [
            "OPTIONS /",
            "POST /",
            "POST /page.js",
            "POST /000000000000/rps-rounds",
            "POST /service/GraniteServiceVersion20100801/operation/ListMetrics",
            &format!("GET {mapping}"),
            &format!("PUT {mapping}/00000000-0000-4000-8000-000000000000"),
            "DELETE /ws/@connections/x",
            "GET /_lambda/x/2018-06-01/runtime/invocation/next",
            "GET /nowhere",
        ] {
            for kind in [&["content-type: text/plain"][..], LIST_TABLES] {
                let headers = [kind, &["host: localhost:4566", page]];
                let response = send(&host, line, &headers, "{}").await;
                let request = format!("{line} {page}");
                assert_refused(&response, "use its own page", &request);
            }
        }
        for line in ["GET /", "HEAD /page.js", "GET /config.json"] {
            let (head, _) = send(&host, line, &[&["host: localhost:4566", page]], "").await;
            assert!(head.starts_with("HTTP/1.1 200"), "{line} {page}: {head}");
        }
    }
}

#[tokio::test]
async fn the_players_page_and_programs_can_send_requests() {
    let host = Host::start(Options::default()).await;
    for page in [
        &[][..],
        &["origin: http://localhost:4566"],
        &[
            "origin: http://localhost:4566",
            "sec-fetch-site: same-origin",
        ],
        &["sec-fetch-site: none"],
    ] {
        let headers = [LIST_TABLES, &["host: localhost:4566"], page];
        let (head, _) = send(&host, "POST /", &headers, "{}").await;
        assert!(head.starts_with("HTTP/1.1 200"), "{page:?}: {head}");
    }
}

#[tokio::test]
async fn only_the_players_page_and_programs_can_open_a_socket() {
    let host = host().await;
    let urls = host.local.urls();
    for origin in ["http://evil.example", "null", "https://127.0.0.1"] {
        match Player::connect_with(&urls.url, &[("origin", origin)]).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin}"),
            other => panic!("{origin}: {:?}", other.map(drop)),
        }
    }
    for headers in [&[][..], &[("origin", urls.endpoint.as_str())]] {
        let player = Player::connect_with(&urls.url, headers).await;
        player.expect("connected");
    }
}

/// The ports on which a process listens.
fn listening_ports(pid: u32) -> Vec<String> {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let files = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    let files: Vec<PathBuf> = files.collect();
    let sockets = fs::read_to_string("/proc/net/tcp").unwrap();
    let ports = sockets.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, port) = fields[1].split_once(':')?;
        let socket = PathBuf::from(format!("socket:[{}]", fields[9]));
        let is_listening = fields[3] == "0A" && files.contains(&socket);
        is_listening.then(|| u16::from_str_radix(port, 16).unwrap().to_string())
    });
    ports.collect()
}

/// Dynoxide's own server would answer any page.
#[tokio::test]
async fn the_process_listens_on_no_second_port() {
    let (process, url) = support::host::start().await;
    let endpoint = url.replace("ws://", "http://").replace("/ws", "");
    let list = async || http::aws(&endpoint, "DynamoDB_20120810.ListTables", &json!({})).await;
    let responses = tokio::join!(list(), list(), list());
    for response in [responses.0, responses.1, responses.2] {
        assert_eq!(response.status, 200);
    }
    let (_, port) = endpoint.rsplit_once(':').unwrap();
    assert_eq!(listening_ports(process.id().unwrap()), [port]);
}
