//! Somebody between rpsctl and the AWS of `rpsctl local`, who may hold up a call or answer it in AWS's place.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// Answers given in AWS's place: a status and a body; none lets the call through.
pub(crate) type Instead = Option<(u16, String)>;

/// The endpoint of that AWS with somebody in between, who is told the head of each request in lower case.
pub(crate) fn proxy(
    endpoint: &str,
    between: impl Fn(&str) -> Instead + Send + Sync + 'static,
) -> String {
    let aws = endpoint.trim_start_matches("http://").to_owned();
    serve(move |client| pass(client, &aws, &between))
}

/// The same AWS an hour ago, as far as its answers say.
pub(crate) fn in_the_past(endpoint: &str) -> String {
    let aws = endpoint.trim_start_matches("http://").to_owned();
    serve(move |mut client| {
        let (head, body) = request(&mut client)?;
        let answer = String::from_utf8(ask(&aws, &head, &body)?).ok()?;
        let then = SystemTime::now() - Duration::from_hours(1);
        let then = DateTime::from(then).fmt(Format::HttpDate).ok()?;
        let lines = answer.split_inclusive("\r\n").map(|line| {
            if line.to_lowercase().starts_with("date: ") {
                format!("date: {then}\r\n")
            } else {
                line.to_owned()
            }
        });
        client.write_all(lines.collect::<String>().as_bytes()).ok()
    })
}

/// A server on a free port that is given each client.
fn serve(answer: impl Fn(TcpStream) -> Option<()> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for client in listener.incoming() {
            let answer = Arc::clone(&answer);
            // A client that is killed in the middle of a call is no trouble of the test.
            thread::spawn(move || answer(client.expect("a connection")));
        }
    });
    url
}

/// What AWS answers.
fn ask(aws: &str, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(aws).ok()?;
    let head = format!("{head}\r\nconnection: close\r\n\r\n");
    server.write_all(head.as_bytes()).ok()?;
    server.write_all(body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// One call on each connection.
fn pass(mut client: TcpStream, aws: &str, between: &dyn Fn(&str) -> Instead) -> Option<()> {
    let (head, body) = request(&mut client)?;
    let answer = match between(&head.to_lowercase()) {
        Some((status, body)) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            format!("{head}{body}").into_bytes()
        }
        None => ask(aws, &head, &body)?,
    };
    client.write_all(&answer).ok()
}

/// The head of a request, and its body.
fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let lower = head.to_lowercase();
        let length = lower
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(Some(0), |length| length.parse().ok())?;
        if bytes.len() >= end + 4 + length {
            return Some((head, bytes.split_off(end + 4)));
        }
    }
}

/// An error as AWS gives it.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands for an answer, and none is another one"
)]
pub(crate) fn refusal(code: &str) -> Instead {
    let body = serde_json::json!({
        "__type": format!("com.amazon.coral.service#{code}"),
        "message": "AWS says no",
        "Message": "AWS says no",
    });
    Some((400, body.to_string()))
}

/// A barrier on the way of calls: the first that comes reports, and all wait until it is opened.
pub(crate) struct Barrier {
    arrived: Receiver<()>,
    open: Sender<()>,
}

impl Barrier {
    /// The endpoint of that AWS with a barrier for the calls whose head has these words.
    pub(crate) fn before(endpoint: &str, words: &'static str) -> (String, Self) {
        Self::after(0, endpoint, words)
    }

    /// The same for those after so many.
    pub(crate) fn after(calls: usize, endpoint: &str, words: &'static str) -> (String, Self) {
        let (arrive, arrived) = channel();
        let (open, opened) = channel::<()>();
        let (arrive, opened) = (Mutex::new(arrive), Mutex::new(opened));
        let passed = AtomicUsize::new(0);
        let url = proxy(endpoint, move |head| {
            if head.contains(words) && passed.fetch_add(1, Relaxed) >= calls {
                // A test that is over asks no more.
                let _ = arrive.lock().map(|arrive| arrive.send(()));
                // Opened by dropping the barrier, for all.
                let _ = opened.lock().map(|opened| opened.recv());
            }
            None
        });
        (url, Self { arrived, open })
    }

    /// Waits until somebody stands before it.
    pub(crate) fn wait(&self) {
        self.arrived.recv().expect("somebody comes");
    }

    /// Whether somebody stands before it.
    pub(crate) fn has_somebody(&self) -> bool {
        self.arrived.try_recv().is_ok()
    }

    /// Lets everybody through, from now on.
    pub(crate) fn open(self) {
        drop(self.open);
    }
}
