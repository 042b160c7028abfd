//! Somebody between rpsctl and the AWS of `rpsctl local`, who may hold up a call or answer it in AWS's place.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};

use rps_handlers::time::now_ms;

use crate::aws::{request, serve};
use crate::between::between;

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
    let an_hour_ago = now_ms() / 1000 - 60 * 60;
    let an_hour_ago = an_hour_ago.try_into().expect("a time");
    between(endpoint, move |_, answer| answer.date(an_hour_ago))
}

/// What AWS answers.
fn ask(aws: &str, request: &[u8]) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(aws).ok()?;
    let end = request.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = request.split_at(end);
    server.write_all(head).ok()?;
    server.write_all(b"\r\nconnection: close").ok()?;
    server.write_all(body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// One call on each connection.
fn pass(mut client: TcpStream, aws: &str, between: &dyn Fn(&str) -> Instead) -> Option<()> {
    let (head, request) = request(&mut client)?;
    let answer = match between(&head) {
        Some((status, body)) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            format!("{head}{body}").into_bytes()
        }
        // Who waited too long asks again, and AWS shall not do it twice.
        None if is_gone(&client) => return None,
        None => ask(aws, &request)?,
    };
    client.write_all(&answer).ok()
}

/// Whether a client that has sent its request has closed the connection.
fn is_gone(client: &TcpStream) -> bool {
    client.set_nonblocking(true).expect("set");
    let is_gone = matches!(client.peek(&mut [0]), Ok(0));
    client.set_nonblocking(false).expect("set");
    is_gone
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
