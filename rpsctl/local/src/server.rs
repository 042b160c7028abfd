//! The HTTP server. Unlike axum's, it closes a connection whose client does not send a request.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::transport::Port;

/// How long a connection may wait for the end of the next request's head.
const HEAD_TIMEOUT: Duration = Duration::from_mins(1);

/// Serves until `running` is false, and finishes the requests in progress.
pub(crate) async fn serve(mut port: Port, router: Router, running: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, client) = tokio::select! {
            connection = port.accept() => connection,
            () = end_of(running.clone()) => break,
            Some(_) = connections.join_next() => continue,
        };
        let (router, running) = (router.clone(), running.clone());
        connections.spawn(serve_connection(stream, client, router, running));
    }
    drop(port);
    while connections.join_next().await.is_some() {}
}

async fn end_of(mut running: watch::Receiver<bool>) {
    drop(running.wait_for(|running| !running).await);
}

async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    client: SocketAddr,
    router: Router,
    running: watch::Receiver<bool>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(client));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = end_of(running) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection failed");
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{Instant, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_complete_request_is_closed() {
        let address = (Ipv4Addr::LOCALHOST, 1).into();
        let running = watch::Sender::new(true);
        for head in ["", "GET / HTTP/1.1\r\nhost: localhost\r\n"] {
            let start = Instant::now();
            let (mut client, stream) = duplex(1024);
            let connection = serve_connection(stream, address, Router::new(), running.subscribe());
            tokio::spawn(connection);
            client.write_all(head.as_bytes()).await.unwrap();
            // Without the timeout, the paused clock jumps to this one.
            let end = timeout(2 * HEAD_TIMEOUT, client.read(&mut [0])).await;
            assert_eq!(end.unwrap().unwrap(), 0, "{head:?}");
            assert!(start.elapsed() >= HEAD_TIMEOUT, "{head:?}");
        }
    }
}
