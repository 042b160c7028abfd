//! Tests the listener for other machines in the network.

use std::net::Ipv4Addr;

use rps_local::{Options, StartError};
use rps_testkit::player::{Error, Player};

use crate::hostile::{LIST_TABLES, assert_refused, send_to};
use crate::support::{Host, http};

/// Linux answers on all of 127.0.0.0/8, so this address needs no network.
const LAN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A local AWS with the second listener, and the page's URL there.
async fn host() -> (Host, String) {
    let host = Host::with(|options| options.lan = Some(LAN.into())).await;
    let lan = host.local.urls().lan.clone().unwrap();
    (host, lan)
}

#[tokio::test]
async fn other_machines_get_the_page_and_the_socket_and_nothing_else() {
    let (host, lan) = host().await;
    assert_eq!(
        lan,
        host.local.urls().page.replace("127.0.0.1", "127.0.0.2")
    );
    let page = http::request("GET", &lan, &[], b"").await;
    let same = http::request("GET", &host.local.urls().page, &[], b"").await;
    assert_eq!((page.status, page.body), (200, same.body));
    let own = format!("host: {}", &lan[7..lan.len() - 1]);
    for line in [
        "POST /",
        "POST /000000000000/rps-rounds",
        "POST /service/GraniteServiceVersion20100801/operation/ListMetrics",
        "GET /2015-03-31/event-source-mappings",
        "GET /ws/@connections/x",
        "POST /ws/%40connections/x",
        "GET /_lambda/x/2018-06-01/runtime/invocation/next",
    ] {
        let (head, body) = send_to(&lan, line, &[LIST_TABLES, &[&own]], "{}").await;
        let is_missing = ["HTTP/1.1 404", "HTTP/1.1 405"]
            .iter()
            .any(|it| head.starts_with(it));
        assert!(is_missing && body.is_empty(), "{line}: {head} {body}");
    }
    let socket = lan.replace("http", "ws") + "ws";
    let own = lan.trim_end_matches('/');
    for headers in [&[][..], &[("origin", own)]] {
        let player = Player::connect_with(&socket, headers).await;
        player.expect("connected");
    }
}

#[tokio::test]
async fn other_machines_must_use_the_own_host_and_origin() {
    let (host, lan) = host().await;
    for name in [
        "evil.example",
        "localhost",
        "127.0.0.1",
        "127.0.0.2.evil.example",
        "",
    ] {
        let header = format!("host: {name}");
        let response = send_to(&lan, "GET /", &[&[&*header]], "").await;
        assert_refused(&response, "use 127.0.0.2", name);
        let header = format!("host: {name}:4566");
        let response = send_to(&lan, "GET /ws", &[&[&*header]], "").await;
        assert_refused(&response, "use 127.0.0.2", name);
    }
    // The loopback listener does not accept the other address.
    let header = &["host: 127.0.0.2:4566"][..];
    let response = send_to(&host.local.urls().endpoint, "GET /", &[header], "").await;
    assert_refused(&response, "use 127.0.0.1, localhost or [::1]", "lan");
    let socket = lan.replace("http", "ws") + "ws";
    for origin in ["http://evil.example", "http://127.0.0.1:4566", "null"] {
        match Player::connect_with(&socket, &[("origin", origin)]).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin}"),
            other => panic!("{origin}: {:?}", other.map(drop)),
        }
    }
}

#[tokio::test]
async fn an_address_of_another_machine_is_a_start_error() {
    let options = Options {
        lan: Some(Ipv4Addr::new(192, 0, 2, 77).into()),
        ..Options::default()
    };
    let error = rps_local::start(options).await.err().unwrap();
    assert!(
        matches!(&error, StartError::Port(address, _) if address.ip() == Ipv4Addr::new(192, 0, 2, 77)),
        "{error}"
    );
}
