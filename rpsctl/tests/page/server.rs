//! A scripted server: the real page, and a socket whose frames the test sends and receives.

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

/// How the server answers a page that opens a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SocketMode {
    /// Accept the socket and pass it to the test.
    Accept,
    /// Refuse it with HTTP 403.
    Refuse,
    /// Do not answer.
    Silent,
}

/// The server. Dropping it stops it.
pub(crate) struct Server {
    url: String,
    state: Arc<Mutex<ServerState>>,
    sockets: mpsc::UnboundedReceiver<ServerSocket>,
    serving: JoinHandle<()>,
}

struct ServerState {
    socket_mode: SocketMode,
    attempts: usize,
    /// The answer for `config.json` instead of the real one.
    config: Option<(StatusCode, String)>,
    opened: mpsc::UnboundedSender<ServerSocket>,
}

type Shared = State<Arc<Mutex<ServerState>>>;

impl Server {
    pub(crate) async fn start() -> Self {
        let (opened, sockets) = mpsc::unbounded_channel();
        let state = Arc::new(Mutex::new(ServerState {
            socket_mode: SocketMode::Accept,
            attempts: 0,
            config: None,
            opened,
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let router = Router::new()
            .route("/ws", get(socket))
            .with_state(Arc::clone(&state))
            .fallback_service(config_or_page(Arc::clone(&state)));
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let serving = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Self {
            url,
            state,
            sockets,
            serving,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Sets how the server answers from now on.
    pub(crate) fn socket_mode(&self, socket_mode: SocketMode) {
        lock(&self.state).socket_mode = socket_mode;
    }

    /// Serves this text as `config.json`; none makes it 404.
    pub(crate) fn config(&self, config: Option<&str>) {
        let text = config.map(|text| (StatusCode::OK, text.to_owned()));
        let missing = (StatusCode::NOT_FOUND, String::new());
        lock(&self.state).config = Some(text.unwrap_or(missing));
    }

    /// How often a page has tried to open a socket.
    pub(crate) fn attempts(&self) -> usize {
        lock(&self.state).attempts
    }

    /// The next socket that a page opens.
    pub(crate) async fn socket(&mut self) -> ServerSocket {
        let socket = timeout(PATIENCE, self.sockets.recv()).await;
        socket.expect("a socket in time").expect("a server")
    }

    /// The next socket that a page opens, and the join that it sends on it.
    pub(crate) async fn join(&mut self) -> ServerSocket {
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

fn lock(state: &Mutex<ServerState>) -> MutexGuard<'_, ServerState> {
    state.lock().expect("no panic")
}

async fn socket(State(state): Shared, upgrade: WebSocketUpgrade) -> Response {
    let socket_mode = {
        let mut state = lock(&state);
        state.attempts += 1;
        state.socket_mode
    };
    match socket_mode {
        SocketMode::Accept => {
            let opened = lock(&state).opened.clone();
            upgrade.on_upgrade(async move |socket| drop(opened.send(ServerSocket(socket))))
        }
        SocketMode::Refuse => StatusCode::FORBIDDEN.into_response(),
        SocketMode::Silent => std::future::pending().await,
    }
}

/// The real page, with the test's `config.json`.
fn config_or_page(state: Arc<Mutex<ServerState>>) -> Router {
    Router::new()
        .fallback_service(rps_local::page())
        .layer(from_fn_with_state(state, config))
}

async fn config(State(state): Shared, request: Request, next: Next) -> Response {
    if request.uri().path() != "/config.json" {
        return next.run(request).await;
    }
    let config = lock(&state).config.clone();
    match config {
        None => next.run(request).await,
        Some(answer) => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            (answer.0, json, answer.1).into_response()
        }
    }
}

/// The server's end of a player's socket. Dropping it closes the connection without a close frame.
pub(crate) struct ServerSocket(WebSocket);

impl ServerSocket {
    /// Receives the next frame, and checks that it is `frame`.
    pub(crate) async fn expect(&mut self, frame: &Value) {
        let Some(Message::Text(text)) = self.next().await else {
            panic!("the page closed the socket instead of sending {frame}");
        };
        let received: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(&received, frame);
    }

    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends any text, such as invalid JSON.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("sent");
    }

    /// Closes it with this code, as API Gateway does at the end of a game, and waits for the page's close frame.
    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame {
            code,
            reason: "".into(),
        };
        let close = Message::Close(Some(frame));
        self.0.send(close).await.expect("sent");
        self.ended().await;
    }

    /// Waits until the page closes it, without another frame.
    pub(crate) async fn ended(mut self) {
        // Reading to the end also answers the page's close frame.
        while let Some(frame) = self.next().await {
            assert!(
                matches!(frame, Message::Close(_)),
                "unexpected frame: {frame:?}"
            );
        }
    }

    async fn next(&mut self) -> Option<Message> {
        let frame = timeout(PATIENCE, self.0.recv()).await;
        // A page may close without a close frame.
        frame.expect("a frame in time").and_then(Result::ok)
    }
}
