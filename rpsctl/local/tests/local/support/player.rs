//! A player's socket.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use super::{Host, soon};

pub(crate) struct Player(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Player {
    pub(crate) async fn connect(host: &Host) -> Self {
        Self::connect_to(&host.local.urls().url).await
    }

    pub(crate) async fn connect_to(url: &str) -> Self {
        Self(connect_async(url).await.unwrap().0)
    }

    /// The status with which the host refuses the upgrade, and its body.
    pub(crate) async fn refused(url: &str) -> (u16, Value) {
        match connect_async(url).await {
            Err(Error::Http(response)) => {
                let body = response.body().clone().unwrap_or_default();
                (
                    response.status().as_u16(),
                    serde_json::from_slice(&body).unwrap_or_default(),
                )
            }
            other => panic!("not refused: {other:?}"),
        }
    }

    pub(crate) async fn send(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.unwrap();
    }

    /// Has the function of `join-game` do something.
    pub(crate) async fn ask(&mut self, task: &str) {
        self.send(json!({ "action": "join-game", "do": task }).to_string())
            .await;
    }

    /// The next message.
    pub(crate) async fn text(&mut self) -> String {
        match soon(self.0.next()).await {
            Some(Ok(Message::Text(text))) => text.to_string(),
            other => panic!("not a text: {other:?}"),
        }
    }

    pub(crate) async fn json(&mut self) -> Value {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }

    /// What the function answers, and its process.
    pub(crate) async fn pid(&mut self) -> u64 {
        self.ask("echo").await;
        self.json().await["pid"].as_u64().unwrap()
    }

    /// The own connection's id.
    pub(crate) async fn id(&mut self) -> String {
        self.ask("echo").await;
        let answer = self.json().await;
        let id = &answer["event"]["requestContext"]["connectionId"];
        id.as_str().unwrap().to_owned()
    }

    /// The code of the close frame, which comes next.
    pub(crate) async fn close_code(&mut self) -> u16 {
        match soon(self.0.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
            other => panic!("not a close frame: {other:?}"),
        }
    }

    /// Sends text in frames of so many bytes.
    pub(crate) async fn send_in_frames(&mut self, text: &str, bytes: usize) {
        let count = text.len().div_ceil(bytes);
        for (at, part) in text.as_bytes().chunks(bytes).enumerate() {
            let kind = if at == 0 { Data::Text } else { Data::Continue };
            let last = at + 1 == count;
            let frame = Frame::message(part.to_vec(), OpCode::Data(kind), last);
            self.0.send(Message::Frame(frame)).await.unwrap();
        }
    }
}
