//! Somebody between rpsctl and a local AWS, who changes what it answers.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::aws::raw_server;

/// What the local AWS answered.
pub(crate) struct Answer {
    /// Status line and headers.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Answers an error of AWS instead.
    pub(crate) fn refuse(&mut self, status: u16, code: &str) {
        let (_, headers) = self.head.split_once("\r\n").expect("headers");
        let is_cbor = headers.contains("application/cbor");
        // CloudWatch writes CBOR, and its clients know errors by the names of its older protocol.
        let names = format!("x-amzn-errortype: {code}\r\nx-amzn-query-error: {code};Sender");
        self.head = format!("HTTP/1.1 {status} x\r\n{names}\r\n{headers}");
        let error = HashMap::from([("__type", code)]);
        self.body = if is_cbor {
            let mut body = Vec::new();
            ciborium::into_writer(&error, &mut body).expect("written");
            body
        } else {
            serde_json::to_vec(&error).expect("written")
        };
    }

    /// Answers this JSON instead.
    pub(crate) fn say(&mut self, json: &str) {
        "HTTP/1.1 200 x\r\ncontent-type: application/x-amz-json-1.0".clone_into(&mut self.head);
        self.body = json.into();
    }

    /// Answers at that time, seconds since 1970.
    pub(crate) fn date(&mut self, at_s: i64) {
        let kept = self.head.lines().filter(|line| !line.starts_with("date:"));
        let date = DateTime::from_secs(at_s).fmt(Format::HttpDate);
        let date = format!("date: {}", date.expect("a date"));
        let lines: Vec<_> = kept.chain([&*date]).collect();
        self.head = lines.join("\r\n");
    }

    /// Puts one text in the place of another in the body, which must have it.
    pub(crate) fn replace(&mut self, old: &str, new: &str) {
        let body = String::from_utf8(self.body.clone()).expect("text");
        assert!(body.contains(old), "{old}: {body}");
        self.body = body.replace(old, new).into();
    }
}

/// The URL of an AWS that answers as that at the endpoint does, but for what is changed, given each request's
/// head in lower case.
pub(crate) fn between(
    endpoint: &str,
    change: impl FnMut(&str, &mut Answer) + Send + 'static,
) -> String {
    let address = endpoint.trim_start_matches("http://").to_owned();
    let change = Mutex::new(change);
    raw_server(move |head, request| {
        let mut answer = pass_on(&address, request);
        change.lock().expect("whole")(head, &mut answer);
        let Answer { head, body } = answer;
        let length = body.len();
        let head = format!("{head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        [head.into_bytes(), body].concat()
    })
}

fn pass_on(address: &str, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the local AWS listens");
    // The older version of HTTP ends an answer by closing.
    let version = request.windows(9).position(|it| it == b" HTTP/1.1");
    let mut request = request.to_owned();
    request[version.expect("a version") + 8] = b'0';
    stream.write_all(&request).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]);
    let kept = head.lines().filter(|line| {
        let line = line.to_lowercase();
        !line.starts_with("content-length:") && !line.starts_with("connection:")
    });
    Answer {
        head: kept.collect::<Vec<_>>().join("\r\n"),
        body: answer[end + 4..].to_owned(),
    }
}
