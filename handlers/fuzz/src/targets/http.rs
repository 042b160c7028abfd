//! Requests to the local AWS.

use axum::body::{Body, to_bytes};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{self, HeaderName};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rps_local::{Local, Options};
use rps_testkit::soon;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// Headers that change the meaning of the bytes after them. Requests with them are sent byte by byte.
const FRAMING: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// A normal request.
const LIST_TABLES: &[u8] = b"POST / HTTP/1.1\r\n\
    host: localhost\r\n\
    x-amz-target: DynamoDB_20120810.ListTables\r\n\
    content-type: application/x-amz-json-1.0\r\n\
    x-amz-date: 20261122T000000Z\r\n\
    authorization: AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0\r\n\
    \r\n{}";

/// A local AWS without functions.
pub(crate) struct Http {
    /// It has one thread, which runs client and server, so that an input always does the same.
    runtime: Runtime,
    // Kept, because its drop ends the server.
    _local: Local,
    address: String,
    /// Sends the inputs.
    client: Option<SendRequest<Body>>,
    /// Sends a normal request after each input.
    normal: Option<SendRequest<Body>>,
}

impl Http {
    pub(crate) fn start() -> Self {
        let runtime = super::runtime();
        let local = runtime.block_on(rps_local::start(Options::default()));
        let local = local.expect("a local AWS");
        let endpoint = &local.urls().endpoint;
        Self {
            address: endpoint.replace("http://", ""),
            runtime,
            _local: local,
            client: None,
            normal: None,
        }
    }

    /// A well-formed request gets a response without an internal error; other bytes get one, or a closed connection. A
    /// normal request still works afterwards.
    pub(crate) fn send(&mut self, data: &[u8]) -> bool {
        let (address, client, normal) = (&self.address, &mut self.client, &mut self.normal);
        self.runtime.block_on(soon(async {
            let status = match request(data) {
                Some(request) => Some(ask(address, client, request).await),
                None => send_bytes(address, data).await,
            };
            assert_ne!(status, Some(StatusCode::INTERNAL_SERVER_ERROR));
            let list_tables = request(LIST_TABLES).expect("a request");
            let normal = ask(address, normal, list_tables).await;
            assert_eq!(normal, StatusCode::OK, "a normal request fails");
            status.is_some_and(|status| status.is_success())
        }))
    }
}

/// The input as a request, if that is possible: the line, the headers, an empty line, and the body.
fn request(data: &[u8]) -> Option<Request<Body>> {
    let end = data.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = str::from_utf8(&data[..end]).ok()?;
    let (line, headers) = head.split_once("\r\n")?;
    let (method, path) = line.strip_suffix(" HTTP/1.1")?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(path);
    for line in headers.split("\r\n") {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim_matches([' ', '\t']));
    }
    let body = Body::from(data[end + 4..].to_vec());
    let request = request.body(body).ok()?;
    let has_framing = FRAMING
        .iter()
        .any(|name| request.headers().contains_key(name));
    let is_origin_form = request.uri().path().starts_with('/') && request.uri().scheme().is_none();
    (is_origin_form && !has_framing).then_some(request)
}

/// Sends a request and reads the whole response. The connection stays open for the next request, if the server agrees.
async fn ask(
    address: &str,
    connection: &mut Option<SendRequest<Body>>,
    mut request: Request<Body>,
) -> StatusCode {
    loop {
        let mut client = match connection.take() {
            Some(client) if !client.is_closed() => client,
            _ => connect(address).await,
        };
        client.ready().await.expect("an open connection");
        match client.try_send_request(request).await {
            Ok(response) => {
                *connection = Some(client);
                return read(response).await;
            }
            // The server closed the connection before the request.
            Err(mut error) => match error.take_message() {
                Some(unsent) => request = unsent,
                None => panic!("a request got no response: {}", error.into_error()),
            },
        }
    }
}

async fn connect(address: &str) -> SendRequest<Body> {
    let stream = TcpStream::connect(address).await.expect("connected");
    let (client, driver) = handshake(TokioIo::new(stream)).await.expect("a client");
    tokio::spawn(driver);
    client
}

async fn read(response: Response<hyper::body::Incoming>) -> StatusCode {
    let (head, body) = response.into_parts();
    let body = to_bytes(Body::new(body), usize::MAX).await;
    body.expect("a whole response");
    head.status
}

/// Sends the bytes and the end of the stream. Returns the status of the first response, unless the server closes the
/// connection without one.
async fn send_bytes(address: &str, data: &[u8]) -> Option<StatusCode> {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    // The error means that the server has closed the connection before it has read all bytes.
    let sent = stream.write_all(data).await.is_ok() && stream.shutdown().await.is_ok();
    let mut response = Vec::new();
    let result = stream.read_to_end(&mut response).await;
    assert!(
        result.is_ok() || !sent,
        "the server reset a connection: {result:?}"
    );
    let head = str::from_utf8(response.get(..12)?).expect("a status line");
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| head.strip_prefix("HTTP/1.0 "));
    Some(
        status
            .and_then(|status| status.parse().ok())
            .expect("a status"),
    )
}
