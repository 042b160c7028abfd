//! A player who sends tasks to the tests' functions.

use std::ops::{Deref, DerefMut};

use futures_util::SinkExt;
use rps_testkit::player::{self, Error};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::Host;

pub(crate) struct LocalPlayer(player::Player);

impl Deref for LocalPlayer {
    type Target = player::Player;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for LocalPlayer {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl LocalPlayer {
    pub(crate) async fn connect(host: &Host) -> Self {
        Self::connect_to(&host.local.urls().url).await
    }

    pub(crate) async fn connect_to(url: &str) -> Self {
        Self(player::Player::connect(url).await)
    }

    /// Connects to a URL that rejects the connection. Returns the status and the body.
    pub(crate) async fn connect_rejected(url: &str) -> (u16, Value) {
        match player::Player::connect_with(url, &[]).await.map(drop) {
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let body = serde_json::from_slice(body).unwrap_or_default();
                (response.status().as_u16(), body)
            }
            other => panic!("not rejected: {other:?}"),
        }
    }

    pub(crate) async fn send_task(&mut self, task: &str) {
        self.send(json!({ "action": "join-game", "do": task }).to_string())
            .await;
    }

    pub(crate) async fn text(&mut self) -> String {
        self.text_or_close().await.unwrap()
    }

    pub(crate) async fn json(&mut self) -> Value {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }

    pub(crate) async fn pid(&mut self) -> u64 {
        self.send_task("echo").await;
        self.json().await["pid"].as_u64().unwrap()
    }

    pub(crate) async fn id(&mut self) -> String {
        self.send_task("echo").await;
        let reply = self.json().await;
        let id = &reply["event"]["requestContext"]["connectionId"];
        id.as_str().unwrap().to_owned()
    }

    /// Sends a text in frames with `bytes` bytes each.
    pub(crate) async fn send_in_frames(&mut self, text: &str, bytes: usize) {
        let count = text.len().div_ceil(bytes);
        for (index, part) in text.as_bytes().chunks(bytes).enumerate() {
            let is_first = index == 0;
            let kind = if is_first { Data::Text } else { Data::Continue };
            let is_last = index + 1 == count;
            let frame = Frame::message(part.to_vec(), OpCode::Data(kind), is_last);
            self.socket.send(Message::Frame(frame)).await.unwrap();
        }
    }
}
