//! An HTTP server on a free loopback port, with or without TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

pub(crate) fn start(
    runtime: &Handle,
    routes: Router,
    tls: Option<Arc<ServerConfig>>,
) -> Result<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let tls = tls.map(TlsAcceptor::from);
    runtime.spawn(async move {
        let Ok(listener) = TcpListener::from_std(listener) else {
            return;
        };
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, routes.clone(), tls.clone()));
        }
    });
    Ok(address)
}

/// Errors are ignored: most clients are killed.
async fn serve(client: TcpStream, routes: Router, tls: Option<TlsAcceptor>) {
    let _ = client.set_nodelay(true);
    let routes = TowerToHyperService::new(routes);
    let http = http1::Builder::new();
    match tls {
        None => drop(http.serve_connection(TokioIo::new(client), routes).await),
        Some(tls) => {
            if let Ok(client) = tls.accept(client).await {
                drop(http.serve_connection(TokioIo::new(client), routes).await);
            }
        }
    }
}
