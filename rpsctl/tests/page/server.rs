//! A server that does what a test tells it: the real page, and a socket whose frames the test sends and receives.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::PATIENCE;

/// What happens to a page that opens a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The socket is given to the test.
    Open,
    /// It is refused.
    Refusing,
    /// It is neither opened nor refused.
    Silent,
}

/// The server. It ends when it is dropped.
pub(crate) struct Server {
    url: String,
    inside: Arc<Mutex<Inside>>,
    sockets: mpsc::UnboundedReceiver<Socket>,
    serving: JoinHandle<()>,
}

struct Inside {
    door: Door,
    attempts: usize,
    /// What is answered for `config.json` instead of the real one.
    config: Option<(StatusCode, String)>,
    opened: mpsc::UnboundedSender<Socket>,
}

type Shared = State<Arc<Mutex<Inside>>>;

impl Server {
    pub(crate) async fn start() -> Self {
        let (opened, sockets) = mpsc::unbounded_channel();
        let inside = Arc::new(Mutex::new(Inside {
            door: Door::Open,
            attempts: 0,
            config: None,
            opened,
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let router = Router::new()
            .route("/ws", get(socket))
            .with_state(Arc::clone(&inside))
            .fallback_service(config_or_page(Arc::clone(&inside)));
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let serving = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Self {
            url,
            inside,
            sockets,
            serving,
        }
    }

    /// The page.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// From now on.
    pub(crate) fn door(&self, door: Door) {
        lock(&self.inside).door = door;
    }

    /// Serves this as `config.json`, or says that there is none.
    pub(crate) fn config(&self, config: Option<&str>) {
        let text = config.map(|text| (StatusCode::OK, text.to_owned()));
        let missing = (StatusCode::NOT_FOUND, String::new());
        lock(&self.inside).config = Some(text.unwrap_or(missing));
    }

    /// How often a page has tried to open a socket.
    pub(crate) fn attempts(&self) -> usize {
        lock(&self.inside).attempts
    }

    /// The next socket that a page opens.
    pub(crate) async fn socket(&mut self) -> Socket {
        let socket = timeout(PATIENCE, self.sockets.recv()).await;
        socket.expect("a socket in time").expect("a server")
    }

    /// The next socket that a page opens, and the join that it sends on it.
    pub(crate) async fn join(&mut self) -> Socket {
        let mut socket = self.socket().await;
        socket.expect(&json!({ "action": "join-game" })).await;
        socket
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().expect("no panic")
}

async fn socket(State(inside): Shared, upgrade: WebSocketUpgrade) -> Response {
    let door = {
        let mut inside = lock(&inside);
        inside.attempts += 1;
        inside.door
    };
    match door {
        Door::Open => {
            let opened = lock(&inside).opened.clone();
            upgrade.on_upgrade(async move |socket| drop(opened.send(Socket(socket))))
        }
        Door::Refusing => StatusCode::FORBIDDEN.into_response(),
        Door::Silent => std::future::pending().await,
    }
}

/// The real page, with what the test says of its config.
fn config_or_page(inside: Arc<Mutex<Inside>>) -> Router {
    Router::new()
        .fallback_service(rps_local::page())
        .layer(from_fn_with_state(inside, config))
}

async fn config(State(inside): Shared, request: Request, next: Next) -> Response {
    if request.uri().path() != "/config.json" {
        return next.run(request).await;
    }
    let config = lock(&inside).config.clone();
    match config {
        None => next.run(request).await,
        Some(answer) => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            (answer.0, json, answer.1).into_response()
        }
    }
}

/// The server's end of a player's socket. Dropped, it is gone without a word, as when the line is cut.
pub(crate) struct Socket(WebSocket);

impl Socket {
    /// The next frame is this.
    pub(crate) async fn expect(&mut self, frame: &Value) {
        let Some(Message::Text(text)) = self.next().await else {
            panic!("the page went away instead of {frame}");
        };
        let said: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(&said, frame);
    }

    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Any text, such as what is no JSON.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("sent");
    }

    /// Closes it with that code, as API Gateway does at the end of a game, and waits until the page has too.
    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame {
            code,
            reason: "".into(),
        };
        let close = Message::Close(Some(frame));
        self.0.send(close).await.expect("sent");
        self.ended().await;
    }

    /// Waits until the page has closed it, without another frame.
    pub(crate) async fn ended(mut self) {
        // The answer to the page's farewell goes out when this end is read to its end.
        while let Some(frame) = self.next().await {
            assert!(matches!(frame, Message::Close(_)), "not the end: {frame:?}");
        }
    }

    async fn next(&mut self) -> Option<Message> {
        let frame = timeout(PATIENCE, self.0.recv()).await;
        // A page that is gone may have gone without a word.
        frame.expect("a frame in time").and_then(Result::ok)
    }
}
