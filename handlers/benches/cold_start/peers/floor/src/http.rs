//! A connection of HTTP/1.1, with or without TLS.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The certificate authority of the benchmark.
const CA: &[u8] = include_bytes!(env!("RPS_TEST_CA"));

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

pub struct Connection {
    stream: Box<dyn Stream>,
    bytes: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut named = headers.filter(|(it, _)| it.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value)
    }
}

impl Connection {
    pub fn open(url: &str) -> Self {
        let (scheme, host) = url.split_once("://").expect("a URL");
        let tcp = TcpStream::connect(host).expect("a connection");
        tcp.set_nodelay(true).expect("an option");
        let stream: Box<dyn Stream> = match scheme {
            "https" => Box::new(tls(host, tcp)),
            _ => Box::new(tcp),
        };
        let bytes = Vec::new();
        Self { stream, bytes }
    }

    pub fn send(&mut self, head: &str, body: &[u8]) -> Answer {
        let mut request = Vec::with_capacity(head.len() + body.len() + 32);
        request.extend_from_slice(head.as_bytes());
        write!(request, "content-length: {}\r\n\r\n", body.len()).expect("memory");
        request.extend_from_slice(body);
        self.stream.write_all(&request).expect("sent");
        self.stream.flush().expect("sent");
        let end = self.read_until(|bytes| bytes.windows(4).position(|it| it == b"\r\n\r\n"));
        let head = String::from_utf8_lossy(&self.bytes[..end]).into_owned();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let mut answer = Answer {
            status: status.expect("a status"),
            head,
            body: Vec::new(),
        };
        self.bytes.drain(..end + 4);
        let length = answer.header("content-length").unwrap_or("0");
        let length = length.parse().expect("a length");
        self.read_until(|bytes| (bytes.len() >= length).then_some(length));
        answer.body = self.bytes.drain(..length).collect();
        answer
    }

    fn read_until(&mut self, found: impl Fn(&[u8]) -> Option<usize>) -> usize {
        let mut buffer = [0; 4096];
        loop {
            if let Some(end) = found(&self.bytes) {
                return end;
            }
            let count = self.stream.read(&mut buffer).expect("an answer");
            assert!(count > 0, "the server closed the connection");
            self.bytes.extend_from_slice(&buffer[..count]);
        }
    }
}

fn tls(host: &str, tcp: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(CA)).expect("a certificate");
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (name, _) = host.split_once(':').expect("a port");
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a configuration");
    StreamOwned::new(connection, tcp)
}
