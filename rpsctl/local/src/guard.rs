//! Refuses requests of foreign web pages, and bodies that are too large or too slow.
//!
//! A browser lets every web page send requests to this machine, and a page whose host name resolves to 127.0.0.1
//! (DNS rebinding) may even read the responses. Such a page cannot change the headers Host, Origin and
//! Sec-Fetch-Site. Clients that are not browsers send only Host.

use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use rps_contract::names::env;
use tokio::time::timeout;

use crate::error::AwsError;
use crate::names::STAGE;
use crate::options::Options;
use crate::page;

/// The largest request of all services: DynamoDB's limit is 16 MB.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// How long a client may take to send a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

const HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

#[derive(Debug, Clone, Copy)]
pub(crate) struct Guard {
    /// The functions have their own list of origins, so the function of `$connect` decides about sockets.
    connect_checks_origin: bool,
    /// The only host of the listener for other machines.
    lan: Option<IpAddr>,
}

impl Guard {
    pub(crate) fn new(options: &Options, lan: Option<IpAddr>) -> Self {
        let mut variables = options.environment.iter();
        Self {
            connect_checks_origin: variables.any(|(name, _)| name == env::ALLOWED_ORIGINS),
            lan,
        }
    }

    pub(crate) fn protect(self, router: Router) -> Router {
        router.layer(from_fn_with_state(self, handle))
    }

    fn check_host(self, host: &str) -> Result<(), AwsError> {
        let name = without_port(host);
        let own = match self.lan {
            None if HOSTS.contains(&name) => return Ok(()),
            None => "127.0.0.1, localhost or [::1]".to_owned(),
            Some(lan) if name == lan.to_string() => return Ok(()),
            Some(lan) => lan.to_string(),
        };
        Err(refused(format!(
            "The local AWS does not accept the host '{host}', which a foreign web page may use: use {own}."
        )))
    }

    /// Any page may link to the players' page, so its files need no check of the origin.
    fn check(self, request: &Request) -> Result<(), AwsError> {
        let headers = request.headers();
        let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
        let host = String::from_utf8_lossy(host.unwrap_or_default());
        self.check_host(&host)?;
        let path = request.uri().path();
        let is_read = [Method::GET, Method::HEAD].contains(request.method());
        let is_page = is_read && page::is_file(path);
        let is_socket = path.strip_prefix('/') == Some(STAGE);
        if is_page || (is_socket && self.connect_checks_origin) {
            return Ok(());
        }
        check_origin(headers, &host)
    }
}

async fn handle(
    State(guard): State<Guard>,
    request: Request,
    next: Next,
) -> Result<Response, AwsError> {
    guard.check(&request)?;
    let (head, body) = request.into_parts();
    let bytes = timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY_BYTES)).await;
    let bytes = bytes.map_err(|_| too_slow())?.map_err(|_| too_large())?;
    Ok(next.run(Request::from_parts(head, bytes.into())).await)
}

/// The host without its port. Any port is accepted, because a user may forward the port.
fn without_port(host: &str) -> &str {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let has_port = port.bytes().all(|byte| byte.is_ascii_digit());
    if has_port { name } else { host }
}

/// A browser sends Origin with every WebSocket and every request that can change something, and Sec-Fetch-Site with
/// the others.
fn check_origin(headers: &HeaderMap, host: &str) -> Result<(), AwsError> {
    let site = headers.get("sec-fetch-site");
    let is_foreign = match headers.get(header::ORIGIN) {
        Some(origin) => *origin != format!("http://{host}"),
        None => site.is_some_and(|site| site == "cross-site" || site == "same-site"),
    };
    if !is_foreign {
        return Ok(());
    }
    Err(refused(format!(
        "The local AWS does not accept requests of foreign web pages: use its own page at http://{host}/, or a \
         client that is not a web page."
    )))
}

fn refused(message: String) -> AwsError {
    AwsError::new(StatusCode::FORBIDDEN, "AccessDeniedException", message)
}

fn too_slow() -> AwsError {
    let message = "The request's body did not arrive within 30 s: send it faster.";
    AwsError::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeout", message)
}

fn too_large() -> AwsError {
    let (status, kind) = (StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException");
    let message = "The request's body is larger than 16 MB: send less.";
    AwsError::new(status, kind, message)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::{Body, Bytes};
    use futures_util::stream;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_refused() {
        let router = Guard::new(&Options::default(), None).protect(Router::new());
        let body = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let request = Request::post("/").header("host", "localhost");
        let request = request.body(body).unwrap();
        let response = TowerToHyperService::new(router).call(request);
        // Without the timeout, the paused clock jumps to this one.
        let response = timeout(2 * BODY_TIMEOUT, response).await.unwrap().unwrap();
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    }
}
