//! A scripted HTTP server, and a client that sends one request.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use serde_json::Value;
use tokio::task::spawn_blocking;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// A request to the server.
pub struct Request {
    /// The request line and the headers, in lower case.
    pub head: String,
    bytes: Vec<u8>,
    client: TcpStream,
}

impl Request {
    /// Reads a request. `None`: the client closed the connection before the end of the request.
    fn read(mut client: TcpStream) -> Option<Self> {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let count = client.read(&mut buffer).ok().filter(|count| *count > 0)?;
            bytes.extend_from_slice(&buffer[..count]);
            let Some((head, body)) = split(&bytes) else {
                continue;
            };
            let head = head.to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap_or("0");
            let length = length.lines().next().and_then(|length| length.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(Self {
                    head,
                    bytes,
                    client,
                });
            }
        }
    }

    pub fn json(&self) -> Value {
        let (_, body) = split(&self.bytes).expect("a head");
        serde_json::from_slice(body).expect("JSON")
    }

    /// Returns true if the client has closed the connection before it got an answer.
    pub fn is_abandoned(&self) -> bool {
        self.client.set_nonblocking(true).expect("set");
        let is_abandoned = matches!(self.client.peek(&mut [0]), Ok(0));
        self.client.set_nonblocking(false).expect("set");
        is_abandoned
    }

    /// Sends the request to the server at this URL. `None`: the server does not answer.
    pub fn forward(&self, url: &str) -> Option<Answer> {
        let version = self.bytes.windows(9).position(|it| it == b" HTTP/1.1")?;
        let mut request = self.bytes.clone();
        // With HTTP/1.0 the server closes the connection after its answer.
        request[version + 8] = b'0';
        ask(url.trim_start_matches("http://"), &request)
    }
}

fn split(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.windows(4).position(|four| four == END_OF_HEAD)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    Some((head, &bytes[end + END_OF_HEAD.len()..]))
}

/// The server's answer.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (head, body) = split(bytes)?;
        let (line, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
        let headers = headers.lines().filter_map(|line| line.split_once(": "));
        Some(Self {
            status: line.split(' ').nth(1)?.parse().ok()?,
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        })
    }

    fn write(mut self) -> Vec<u8> {
        self.set_header("content-length", &self.body.len().to_string());
        self.set_header("connection", "close");
        let mut head = format!("HTTP/1.1 {} x\r\n", self.status);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(it, _)| it == name);
        header.map(|(_, value)| &**value)
    }

    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(it, _)| it != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("UTF-8")
    }

    pub fn json(&self) -> Value {
        let json = serde_json::from_slice(&self.body);
        json.unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }
}

/// Starts a server on a free loopback port and returns its URL. It serves clients concurrently, and ends
/// with the test's process. If `answer` returns `None`, the server closes the connection.
pub fn serve(answer: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for client in listener.incoming() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || {
                let mut request = Request::read(client.expect("a connection"))?;
                let answer = answer(&request)?.write();
                // Some tests kill a client during its request, so ignore a failed write.
                request.client.write_all(&answer).ok()
            });
        }
    });
    url
}

/// Sends one request on a new connection.
pub async fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let rest = url.strip_prefix("http://").expect("a URL");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let length = body.len();
    let mut request = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n"
    );
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    let (host, request) = (
        host.to_owned(),
        [request.as_bytes(), b"\r\n", body].concat(),
    );
    let answer = spawn_blocking(move || ask(&host, &request)).await;
    answer.expect("no panic").expect("an answer")
}

fn ask(host: &str, request: &[u8]) -> Option<Answer> {
    let mut server = TcpStream::connect(host).ok()?;
    // A server may refuse a large request before it has read all of it.
    let _ = server.write_all(request);
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    Answer::read(&answer)
}
