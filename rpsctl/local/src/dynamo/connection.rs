//! The connections to dynoxide's HTTP server.
//!
//! That server answers any web page, and allows the page to read the answer. Its port is therefore open only while
//! this module opens a connection: dynoxide still serves a connection after its port is closed.

use std::error::Error;
use std::sync::Mutex;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::Request;
use axum::http::response::Parts;
use dynoxide::Database;
use dynoxide::server::serve_with_shutdown;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::lock;

type Connection = SendRequest<Body>;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

pub(super) struct Connections {
    database: Database,
    idle: Mutex<Vec<Connection>>,
    /// Its drop ends all connections.
    running: watch::Sender<()>,
}

impl Connections {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            idle: Mutex::default(),
            running: watch::Sender::default(),
        }
    }

    /// Sends a request and returns the whole response.
    pub(super) async fn send(&self, request: Request<Body>) -> Result<(Parts, Bytes)> {
        let mut connection = self.get().await?;
        let response = send(&mut connection, request).await?;
        lock(&self.idle).push(connection);
        Ok(response)
    }

    async fn get(&self) -> Result<Connection> {
        loop {
            let idle = lock(&self.idle).pop();
            let Some(mut connection) = idle else {
                return self.open().await;
            };
            // Dynoxide closes a connection after an error such as a body that is too large.
            if connection.ready().await.is_ok() {
                return Ok(connection);
            }
        }
    }

    async fn open(&self) -> Result<Connection> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let stream = TcpStream::connect(listener.local_addr()?).await?;
        stream.set_nodelay(true)?;
        let (mut connection, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        let mut running = self.running.subscribe();
        let end = async move { while running.changed().await.is_ok() {} };
        let server = serve_with_shutdown(listener, self.database.clone(), end);
        // A response proves that dynoxide has accepted the connection.
        tokio::select! {
            health = send(&mut connection, Request::default()) => {
                health?;
                Ok(connection)
            }
            _ = server => Err("dynoxide's server has ended".into()),
        }
    }
}

async fn send(connection: &mut Connection, request: Request<Body>) -> Result<(Parts, Bytes)> {
    let (head, body) = connection.send_request(request).await?.into_parts();
    Ok((head, to_bytes(Body::new(body), usize::MAX).await?))
}
