//! Tests API Gateway's limits with clients that exceed them.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rps_local::{Options, Throttle};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::support::player::LocalPlayer;
use crate::support::{Host, host, http, meter, soon};

const KB: usize = 1024;

/// A message with the given size. The function replies with the size.
fn message_of(bytes: usize) -> String {
    let message = |pad: usize| {
        json!({ "action": "join-game", "do": "length", "pad": "x".repeat(pad) }).to_string()
    };
    let message = message(bytes - message(0).len());
    assert_eq!(message.len(), bytes);
    message
}

#[tokio::test]
async fn messages_up_to_128_kb_in_frames_up_to_32_kb_are_accepted_and_billed_per_32_kb() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let mut billed = 0.0;
    for (bytes, frame, expected) in [
        (32 * KB, 32 * KB, 1.0),
        (32 * KB + 1, 10 * KB, 2.0),
        (128 * KB, 32 * KB, 4.0),
    ] {
        player.send_in_frames(&message_of(bytes), frame).await;
        assert_eq!(player.json().await, bytes);
        // The reply is billed too.
        billed += expected + 1.0;
        meter::until(&host, meter::billed("Messages"), billed).await;
    }
    let messages = meter::sum(&host, meter::of_api("MessageCount")).await;
    assert_eq!(messages, 6.0);
}

/// Waits for a close frame and a `$disconnect` with the code.
async fn ends_with(code: u16, player: &mut LocalPlayer, host: &mut Host) {
    assert_eq!(player.close_code().await, code);
    let event = host.log.event("DISCONNECT").await;
    assert_eq!(event["requestContext"]["disconnectStatusCode"], code);
}

#[tokio::test]
async fn a_larger_message_or_frame_ends_the_connection_with_1009() {
    let mut host = host().await;
    for (bytes, frame) in [
        (40 * KB, 40 * KB),
        (32 * KB + 1, 32 * KB + 1),
        (128 * KB + 1, 32 * KB),
        (200 * KB, 32 * KB),
        (200 * KB, 200 * KB),
        // More than all buffers between client and server can hold. The client still sends when the server closes
        // the connection, and must receive the close frame.
        (16 * KB * KB, 16 * KB * KB),
    ] {
        let mut player = LocalPlayer::connect(&host).await;
        player.send_in_frames(&message_of(bytes), frame).await;
        ends_with(1009, &mut player, &mut host).await;
    }
}

#[tokio::test]
async fn a_binary_or_invalid_text_message_ends_the_connection() {
    let mut host = host().await;
    let not_utf_8 = Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true);
    for (message, code) in [
        (Message::binary(Bytes::from_static(b"{}")), 1003),
        (Message::Frame(not_utf_8), 1007),
    ] {
        let mut player = LocalPlayer::connect(&host).await;
        player.socket.send(message).await.unwrap();
        ends_with(code, &mut player, &mut host).await;
    }
}

#[tokio::test]
async fn an_idle_connection_ends_with_1001() {
    let mut host = Host::with(|options| options.idle_timeout = Duration::from_secs(1)).await;
    let mut player = LocalPlayer::connect(&host).await;
    ends_with(1001, &mut player, &mut host).await;
}

#[tokio::test]
async fn no_connection_outlives_its_lifetime() {
    let mut host = Host::with(|options| options.lifetime = Duration::from_secs(1)).await;
    let mut player = LocalPlayer::connect(&host).await;
    let connect = host.log.event("CONNECT").await;
    let id = connect["requestContext"]["connectionId"].as_str().unwrap();
    let url = host.management_url(id);
    // Posts keep the connection from being idle.
    let posting = async {
        while http::request("POST", &url, &[], b"hello").await.status == 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let reading = async {
        loop {
            match player.socket.next().await {
                Some(Ok(Message::Text(_))) => {}
                Some(Ok(Message::Close(Some(close)))) => return close,
                other => panic!("{other:?}"),
            }
        }
    };
    let ((), close) = soon(async { tokio::join!(posting, reading) }).await;
    assert_eq!(u16::from(close.code), 1001);
}

#[tokio::test]
async fn too_many_messages_in_progress_are_errors_and_pings_still_get_pongs() {
    let host = Host::with(|options| options.function_timeout = Duration::from_mins(1)).await;
    let mut player = LocalPlayer::connect(&host).await;
    let id = player.id().await;
    // 32 messages hang. The other 100 get an error, which is more than the connection's queue can hold.
    for _ in 0..32 + 100 {
        player.send_task("hang").await;
    }
    for _ in 0..100 {
        let error = player.json().await;
        assert_eq!(error["message"], "Too Many Requests");
        assert_eq!(error["connectionId"], id);
        assert!(error["requestId"].is_string() && error["type"].is_null());
    }
    // The request for the id and its reply, the hanging messages, and the other messages with their errors.
    let messages = 2.0 + 32.0 + 200.0;
    meter::until(&host, meter::of_api("MessageCount"), messages).await;
    let ping = Bytes::from_static(b"here?");
    player
        .socket
        .send(Message::Ping(ping.clone()))
        .await
        .unwrap();
    let reply = soon(player.socket.next()).await.unwrap().unwrap();
    assert_eq!(reply, Message::Pong(ping));
    // Do not wait for the hanging functions.
    drop(host);
}

#[tokio::test]
async fn throttled_messages_are_errors() {
    let host = Host::with(|options| {
        options.throttle = Some(Throttle {
            rate_limit: 1,
            burst_limit: 1,
        });
    })
    .await;
    let mut player = LocalPlayer::connect(&host).await;
    let id = player.id().await;
    // A slow machine may get a new token between two requests, so repeat them.
    let error = soon(async {
        loop {
            player.send_task("echo").await;
            let reply = player.json().await;
            if reply["pid"].is_null() {
                return reply;
            }
        }
    })
    .await;
    assert_eq!(error["message"], "Too Many Requests");
    assert_eq!(error["connectionId"], id);
    assert!(error["requestId"].is_string() && error["type"].is_null());
}

#[tokio::test]
async fn at_most_128_kb_can_be_posted() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let url = host.management_url(&player.id().await);
    for too_large in [128 * KB + 1, 20 * KB * KB] {
        let response = http::request("POST", &url, &[], &vec![b'x'; too_large]).await;
        assert_eq!(response.status, 413);
        let kind = response.header("x-amzn-errortype");
        assert_eq!(kind, Some("PayloadTooLargeException"));
    }
    let response = http::request("POST", &url, &[], &vec![b'x'; 128 * KB]).await;
    assert_eq!(response.status, 200);
    assert_eq!(player.text().await.len(), 128 * KB);
}

#[tokio::test]
async fn a_request_with_an_endless_body_is_refused() {
    let host = Host::start(Options::default()).await;
    let address = host.local.urls().endpoint.replace("http://", "");
    let (mut response, mut request) = TcpStream::connect(&address).await.unwrap().into_split();
    let head = format!("POST / HTTP/1.1\r\nhost: {address}\r\ntransfer-encoding: chunked\r\n\r\n");
    request.write_all(head.as_bytes()).await.unwrap();
    let chunk = [&b"10000\r\n"[..], &vec![b'x'; 64 * KB], b"\r\n"].concat();
    let writing = async {
        while request.write_all(&chunk).await.is_ok() {}
        std::future::pending::<()>().await;
    };
    let mut text = String::new();
    let result = soon(async {
        tokio::select! {
            result = response.read_to_string(&mut text) => result,
            () = writing => unreachable!("it never returns"),
        }
    })
    .await;
    assert!(result.is_ok() && text.starts_with("HTTP/1.1 413"), "{text}");
    assert!(text.contains("larger than 16 MB"), "{text}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected_and_delays_nobody() {
    let mut host = host().await;
    let mut slow_client = LocalPlayer::connect(&host).await;
    let url = host.management_url(&slow_client.id().await);
    let body = vec![b'x'; 128 * KB];
    let mut posts = 0;
    while http::request("POST", &url, &[], &body).await.status == 200 {
        posts += 1;
        assert!(posts < 1000, "the queue has no limit");
    }
    let event = host.log.event("DISCONNECT").await;
    assert_eq!(event["requestContext"]["disconnectStatusCode"], 1006);
    let mut other = LocalPlayer::connect(&host).await;
    assert!(other.pid().await > 0);
    drop(slow_client);
}
