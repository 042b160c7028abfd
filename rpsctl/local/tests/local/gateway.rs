//! Tests the WebSocket API's routes and events, and `@connections`.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as Request;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::player::LocalPlayer;
use crate::support::{Host, host, http};

fn context(event: Value) -> aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequestContext {
    serde_json::from_value::<Request>(event)
        .unwrap()
        .request_context
}

#[tokio::test]
async fn a_connection_sends_connect_message_and_disconnect_events() {
    let mut host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let event: Request = serde_json::from_value(host.log.event("CONNECT").await).unwrap();
    assert!(event.headers.contains_key("host"));
    let connect = event.request_context;
    assert_eq!(connect.route_key.as_deref(), Some("$connect"));

    player.send_task("echo").await;
    let message = context(player.json().await["event"].clone());
    assert_eq!(message.route_key.as_deref(), Some("join-game"));
    assert_eq!(message.connection_id, connect.connection_id);
    assert_eq!(message.connected_at, connect.connected_at);
    assert!(message.message_id.is_some());
    for body in ["hello", "", r#"{"action":"$disconnect"}"#] {
        player.send(body).await;
        let event = player.json().await["event"].clone();
        assert_eq!(event["requestContext"]["routeKey"], "$default", "{body}");
        assert_eq!(event["body"], body);
        assert!(event["headers"].is_null());
    }

    player.socket.close(None).await.unwrap();
    let disconnect = context(host.log.event("DISCONNECT").await);
    assert_eq!(disconnect.connection_id, connect.connection_id);
    assert_eq!(disconnect.disconnect_status_code, Some(1005));
    let reason = "Client-side close frame status not set";
    assert_eq!(disconnect.disconnect_reason.as_deref(), Some(reason));
}

#[tokio::test]
async fn the_function_of_connect_can_reject_a_connection() {
    let mut host = host().await;
    let url = &host.local.urls().url.clone();
    let (status, body) = LocalPlayer::connect_rejected(&format!("{url}?do=refuse")).await;
    assert_eq!((status, &body["message"]), (403, &json!("Forbidden")));
    for task in ["fail", "exit", "nonsense"] {
        let (status, body) = LocalPlayer::connect_rejected(&format!("{url}?do={task}")).await;
        assert_eq!(
            (status, &body["message"]),
            (502, &json!("Internal server error")),
            "{task}"
        );
    }
    // A rejected connection sends no `$disconnect`; the first one comes from the next player.
    let mut player = LocalPlayer::connect(&host).await;
    let id = player.id().await;
    drop(player);
    assert_eq!(
        host.log.event("DISCONNECT").await["requestContext"]["connectionId"],
        id
    );
}

#[tokio::test]
async fn a_client_that_leaves_during_connect_sends_a_disconnect_event_too() {
    let mut host = host().await;
    let address = host.local.urls().endpoint.replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = format!(
        "GET /ws?do=slow HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let connect = context(host.log.event("CONNECT").await);
    drop(stream);
    let disconnect = context(host.log.event("DISCONNECT").await);
    assert_eq!(disconnect.connection_id, connect.connection_id);
    assert_eq!(disconnect.disconnect_status_code, Some(1006));
}

#[tokio::test]
async fn a_response_without_a_body_is_an_empty_frame_and_a_failure_an_error() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let id = player.id().await;
    player.send_task("empty").await;
    assert_eq!(player.text().await, "");
    for task in ["fail", "nonsense", "exit", "refuse"] {
        player.send_task(task).await;
        let error = player.json().await;
        assert_eq!(error["message"], "Internal server error", "{task}");
        assert_eq!(error["connectionId"], id);
        assert!(error["requestId"].is_string() && error["type"].is_null());
    }
}

#[tokio::test]
async fn messages_of_one_connection_are_handled_concurrently() {
    let host = Host::with(|options| options.function_timeout = Duration::from_mins(1)).await;
    let mut player = LocalPlayer::connect(&host).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("now");
    let wait = json!({ "action": "join-game", "do": "wait", "file": file });
    player.send(wait.to_string()).await;
    player.send_task("echo").await;
    assert!(player.json().await["pid"].is_u64());
    std::fs::write(&file, "").unwrap();
    assert_eq!(player.json().await, "waited");
}

#[tokio::test]
async fn nothing_can_be_posted_before_connect_returns() {
    let mut host = host().await;
    let url = format!("{}?do=post", host.local.urls().url);
    let mut player = LocalPlayer::connect_to(&url).await;
    assert_eq!(host.log.line("POSTED").await, "410");
    player.send_task("post").await;
    assert_eq!(host.log.line("POSTED").await, "200");
    // The post and the route's response are not ordered.
    let texts = [player.text().await, player.text().await];
    assert!(texts.contains(&"hello".to_owned()) && texts.contains(&r#""posted""#.to_owned()));
}

#[tokio::test]
async fn a_connection_can_be_inspected_until_it_is_closed() {
    let mut host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let id = player.id().await;
    for url in [
        host.management_url(&id),
        host.management_url(&id).replace("%40", "@"),
    ] {
        let response = http::request("GET", &url, &[], b"").await;
        assert_eq!(response.status, 200);
        let connection = response.json();
        assert_eq!(connection["identity"]["sourceIp"], "127.0.0.1");
        for time in ["connectedAt", "lastActiveAt"] {
            let text = connection[time].as_str().unwrap();
            assert!(text.ends_with('Z'), "{connection}");
        }
    }
    player.socket.close(None).await.unwrap();
    host.log.event("DISCONNECT").await;
    for method in ["GET", "POST", "DELETE"] {
        for id in [id.as_str(), "bm9ib2R5IGhlcmU="] {
            let response = http::request(method, &host.management_url(id), &[], b"hello").await;
            assert_eq!(response.status, 410, "{method}");
            assert_eq!(response.header("x-amzn-errortype"), Some("GoneException"));
        }
        let not_utf_8 = host.management_url("%C3%28");
        let response = http::request(method, &not_utf_8, &[], b"hello").await;
        assert_eq!(response.status / 100, 4);
    }
}

#[tokio::test]
async fn a_delete_closes_after_the_posted_messages_are_sent() {
    let mut host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let url = host.management_url(&player.id().await);
    let posts = 30;
    for number in 0..posts {
        let body = format!("{number} {}", "x".repeat(10_000));
        let response = http::request("POST", &url, &[], body.as_bytes()).await;
        assert_eq!(response.status, 200);
    }
    assert_eq!(http::request("DELETE", &url, &[], b"").await.status, 204);
    for method in ["POST", "DELETE", "GET"] {
        assert_eq!(http::request(method, &url, &[], b"late").await.status, 410);
    }
    for number in 0..posts {
        assert!(player.text().await.starts_with(&format!("{number} ")));
    }
    assert_eq!(player.close_code().await, 1000);
    let disconnect = context(host.log.event("DISCONNECT").await);
    assert_eq!(disconnect.disconnect_status_code, Some(1000));
}

#[tokio::test]
async fn the_disconnect_event_has_the_clients_close_code_and_the_client_gets_a_close_frame() {
    use tokio_tungstenite::tungstenite::protocol::CloseFrame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
    let mut host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let close = CloseFrame {
        code: CloseCode::Library(4001),
        reason: "enough".into(),
    };
    player.socket.close(Some(close)).await.unwrap();
    assert_eq!(player.close_code().await, 4001);
    let disconnect = context(host.log.event("DISCONNECT").await);
    assert_eq!(disconnect.disconnect_status_code, Some(4001));
    assert_eq!(disconnect.disconnect_reason.as_deref(), Some("enough"));
}

#[tokio::test]
async fn a_stop_closes_every_connection_and_sends_disconnect_events() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let id = player.id().await;
    let Host { local, mut log } = host;
    let (event, code, ()) =
        tokio::join!(log.event("DISCONNECT"), player.close_code(), local.stop());
    assert_eq!(event["requestContext"]["connectionId"], id);
    assert_eq!(code, 1001);
}
