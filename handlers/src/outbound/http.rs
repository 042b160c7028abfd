//! The HTTP connector that all SDK clients share.
//!
//! It exists to keep cold starts short. It trusts only Amazon's roots, which the build parsed, and uses ring for TLS:
//! aws-lc collects entropy for half a second in a 128 MB function. It speaks HTTP/1.1, so each request at the same time has its own
//! connection, which [`super::warm_up`] can open.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;
use rustls::pki_types::{Der, TrustAnchor};
use rustls::{ClientConfig, RootCertStore};

/// Written by `build.rs`.
static TRUSTED_ROOTS: &[TrustAnchor<'static>] =
    &include!(concat!(env!("OUT_DIR"), "/trusted_roots.rs"));

#[derive(Debug)]
pub struct Connector(Client<HttpsConnector<connect::HttpConnector>, SdkBody>);

impl Connector {
    /// Fails only if ring supports no version of TLS.
    pub fn new() -> Result<Self, rustls::Error> {
        let roots = RootCertStore {
            roots: TRUSTED_ROOTS.to_vec(),
        };
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = connect::HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(https);
        Ok(Self(client))
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                let error = ConnectorError::user(error.into());
                return HttpConnectorFuture::ready(Err(error));
            }
        };
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async move {
            // The SDK retries only errors of input and output.
            let answer = answer.await;
            let answer = answer.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
