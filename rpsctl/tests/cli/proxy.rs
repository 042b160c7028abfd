//! A proxy between rpsctl and the AWS of `rpsctl local`, which holds up a call, answers it, or changes its answer.

use std::collections::HashMap;
use std::process::Child;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, Sender, channel};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use rps_handlers::time::now_ms;
pub(crate) use rps_testkit::http::Answer;
use rps_testkit::http::serve;

use crate::aws::error;
use crate::queues::{end, start};
use crate::rpsctl::{Ended, send};

/// The endpoint of that AWS with somebody in between, who is told the head of each request in lower case, and may
/// answer in its place: a status and a body.
pub(crate) fn proxy(
    endpoint: &str,
    between: impl Fn(&str) -> Option<(u16, String)> + Send + Sync + 'static,
) -> String {
    let aws = endpoint.to_owned();
    serve(move |request| match between(&request.head) {
        Some((status, body)) => Some(Answer::new(status, body)),
        // Who waited too long asks again, and AWS shall not do it twice.
        None if request.is_abandoned() => None,
        None => request.forward(&aws),
    })
}

/// The URL of an AWS that answers as that at the endpoint does, but for what is changed, given each request's
/// head in lower case.
pub(crate) fn between(
    endpoint: &str,
    change: impl FnMut(&str, &mut Answer) + Send + 'static,
) -> String {
    let aws = endpoint.to_owned();
    let change = Mutex::new(change);
    serve(move |request| {
        let mut answer = request.forward(&aws)?;
        change.lock().expect("whole")(&request.head, &mut answer);
        Some(answer)
    })
}

/// The same AWS an hour ago, as far as its answers say.
pub(crate) fn in_the_past(endpoint: &str) -> String {
    let an_hour_ago = now_ms() / 1000 - 60 * 60;
    let an_hour_ago = an_hour_ago.try_into().expect("a time");
    between(endpoint, move |_, answer| answer.date(an_hour_ago))
}

/// How an answer of the local AWS is changed.
pub(crate) trait Changing {
    /// Answers an error of AWS instead.
    fn refuse(&mut self, status: u16, code: &str);
    /// Answers this JSON instead.
    fn say(&mut self, json: &str);
    /// Answers at that time, seconds since 1970.
    fn date(&mut self, at_s: i64);
    /// Puts one text in the place of another in the body, which must have it.
    fn replace(&mut self, old: &str, new: &str);
}

impl Changing for Answer {
    fn refuse(&mut self, status: u16, code: &str) {
        self.status = status;
        // CloudWatch writes CBOR, and its clients know errors by the names of its older protocol.
        self.set_header("x-amzn-errortype", code);
        self.set_header("x-amzn-query-error", &format!("{code};Sender"));
        let error = HashMap::from([("__type", code)]);
        self.body.clear();
        if self
            .header("content-type")
            .is_some_and(|it| it.contains("cbor"))
        {
            ciborium::into_writer(&error, &mut self.body).expect("written");
        } else {
            serde_json::to_writer(&mut self.body, &error).expect("written");
        }
    }

    fn say(&mut self, json: &str) {
        *self = Answer::new(200, json);
        self.set_header("content-type", "application/x-amz-json-1.0");
    }

    fn date(&mut self, at_s: i64) {
        let date = DateTime::from_secs(at_s).fmt(Format::HttpDate);
        self.set_header("date", &date.expect("a date"));
    }

    fn replace(&mut self, old: &str, new: &str) {
        let body = self.text();
        assert!(body.contains(old), "{old}: {body}");
        self.body = body.replace(old, new).into();
    }
}

/// An error as AWS gives it.
pub(crate) fn refusal(code: &str) -> (u16, String) {
    (400, error(code, "AWS says no").to_string())
}

/// An AWS that does not allow the calls whose head has these words.
pub(crate) fn refusing(endpoint: &str, words: &str) -> String {
    let words = words.to_owned();
    proxy(endpoint, move |head| {
        let is_it = head.contains(&words);
        is_it.then(|| refusal("AccessDeniedException"))
    })
}

/// What rpsctl says of an action that AWS does not allow.
pub(crate) fn not_allowed(action: &str, on: &str) -> String {
    format!(
        "AWS does not allow {action} on the {on}: ask for that permission, or pass another --profile (AWS says no)"
    )
}

/// An AWS that changes the answers to the calls whose head has these words.
pub(crate) fn changed(
    endpoint: &str,
    words: &'static str,
    change: impl Fn(&mut Answer) + Send + 'static,
) -> String {
    between(endpoint, move |head, answer| {
        if head.contains(words) {
            change(answer);
        }
    })
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

/// A command that is held up.
pub(crate) struct Halted {
    child: Child,
    barrier: Barrier,
}

impl Halted {
    /// Starts a command, and holds it up before the first call whose head has these words.
    pub(crate) fn before(words: &'static str, endpoint: &str, line: &str) -> Self {
        Self::after(0, words, endpoint, line)
    }

    /// Holds it up after so many of these calls.
    pub(crate) fn after(calls: usize, words: &'static str, endpoint: &str, line: &str) -> Self {
        let (url, barrier) = Barrier::after(calls, endpoint, words);
        let child = start(&url, line);
        barrier.wait();
        Self { child, barrier }
    }

    pub(crate) fn send(&self, signal: &str) {
        send(signal, self.child.id());
    }

    pub(crate) fn go_on(self) -> Ended {
        self.barrier.open();
        end(self.child)
    }

    /// Waits for its end while it is held up.
    pub(crate) fn end(self) -> Ended {
        end(self.child)
    }
}
