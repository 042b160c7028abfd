//! What the functions' calls to AWS rest on: trusted roots, and the clock.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rps_handlers::ports::FindConnection;
use rps_testkit::http::{Answer, serve};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;

use crate::aws_failures::{clients, error};

#[tokio::test]
async fn a_server_without_a_certificate_of_amazon_is_refused() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.into()], signing_key.into())
        .expect("a configuration");
    let listener = TcpListener::bind("localhost:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        loop {
            let (client, _) = listener.accept().await.expect("a connection");
            let _ = acceptor.accept(client).await;
        }
    });
    let (_, store) = clients(format!("https://localhost:{port}"));
    let error = store
        .find_connection(&"x".into())
        .await
        .expect_err("refused");
    assert!(error.causes().contains("UnknownIssuer"), "{error}");
}

/// A function may thaw with an old clock. AWS refuses signatures that are five minutes old.
#[tokio::test]
async fn a_wrong_clock_is_corrected_by_the_server_s() {
    let (requests, dates) = (AtomicUsize::new(0), Arc::new(Mutex::new(Vec::new())));
    let sent = Arc::clone(&dates);
    let endpoint = serve(move |request| {
        let date = request
            .head
            .lines()
            .find_map(|line| line.strip_prefix("x-amz-date: "));
        sent.lock().expect("dates").push(date?.to_owned());
        if requests.fetch_add(1, Relaxed) > 0 {
            return Some(Answer::new(200, "{}"));
        }
        let mut answer = Answer::new(400, error("InvalidSignatureException"));
        answer.set_header("date", "Tue, 01 Jan 2036 00:00:00 GMT");
        Some(answer)
    });
    let (_, store) = clients(endpoint);
    assert_eq!(store.find_connection(&"x".into()).await, Ok(None));
    let dates = dates.lock().expect("dates");
    assert!(dates[1].starts_with("20360101t0000"), "{dates:?}");
}
