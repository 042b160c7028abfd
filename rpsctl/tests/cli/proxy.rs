//! A proxy between rpsctl and the AWS of `rpsctl local` that delays a call, answers it, or changes its answer.

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

/// Starts a proxy to an AWS endpoint. `between` gets the head of each request in lower case, and may answer it with a
/// status and a body.
pub(crate) fn proxy(
    endpoint: &str,
    between: impl Fn(&str) -> Option<(u16, String)> + Send + Sync + 'static,
) -> String {
    let aws = endpoint.to_owned();
    serve(move |request| match between(&request.head) {
        Some((status, body)) => Some(Answer::new(status, body)),
        // Drop a request that timed out: rpsctl repeats it, and AWS must not execute it twice.
        None if request.is_abandoned() => None,
        None => request.forward(&aws),
    })
}

/// Starts a proxy that may change each answer, given the request's head in lower case.
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

/// Starts a proxy whose answers have the date of an hour ago.
pub(crate) fn in_the_past(endpoint: &str) -> String {
    let an_hour_ago = now_ms() / 1000 - 60 * 60;
    let an_hour_ago = an_hour_ago.try_into().expect("a time");
    between(endpoint, move |_, answer| answer.date(an_hour_ago))
}

/// Changes an answer of the local AWS.
pub(crate) trait ChangeAnswer {
    /// Replaces it by an AWS error.
    fn refuse(&mut self, status: u16, code: &str);
    /// Replaces it by this JSON.
    fn say(&mut self, json: &str);
    /// Sets its date, in seconds since 1970.
    fn date(&mut self, at_s: i64);
    /// Replaces a text in the body, which must contain it.
    fn replace(&mut self, old: &str, new: &str);
}

impl ChangeAnswer for Answer {
    fn refuse(&mut self, status: u16, code: &str) {
        self.status = status;
        // CloudWatch uses CBOR, and its clients expect error names of its older protocol.
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

/// An AWS error.
pub(crate) fn refusal(code: &str) -> (u16, String) {
    (400, error(code, "AWS says no").to_string())
}

/// Starts a proxy that denies the calls whose head contains these words.
pub(crate) fn refusing(endpoint: &str, words: &str) -> String {
    let words = words.to_owned();
    proxy(endpoint, move |head| {
        let is_match = head.contains(&words);
        is_match.then(|| refusal("AccessDeniedException"))
    })
}

/// rpsctl's error for a denied action.
pub(crate) fn not_allowed(action: &str, on: &str) -> String {
    format!(
        "AWS does not allow {action} on the {on}: ask for that permission, or pass another --profile (AWS says no)"
    )
}

/// Starts a proxy that changes the answers to the calls whose head contains these words.
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

/// A barrier for calls. It reports each call that arrives, and all calls wait until it is opened.
pub(crate) struct Barrier {
    arrivals: Receiver<()>,
    open: Sender<()>,
}

impl Barrier {
    /// Starts a proxy with a barrier for the calls whose head contains these words.
    pub(crate) fn before(endpoint: &str, words: &'static str) -> (String, Self) {
        Self::after(0, endpoint, words)
    }

    /// The same, but the first `calls` calls pass.
    pub(crate) fn after(calls: usize, endpoint: &str, words: &'static str) -> (String, Self) {
        let (arrive, arrivals) = channel();
        let (open, closed) = channel::<()>();
        let (arrive, closed) = (Mutex::new(arrive), Mutex::new(closed));
        let count = AtomicUsize::new(0);
        let url = proxy(endpoint, move |head| {
            if head.contains(words) && count.fetch_add(1, Relaxed) >= calls {
                // It fails only if the test is over.
                let _ = arrive.lock().map(|arrive| arrive.send(()));
                // Dropping the sender opens the barrier for all calls.
                let _ = closed.lock().map(|closed| closed.recv());
            }
            None
        });
        (url, Self { arrivals, open })
    }

    /// Waits until a call arrives.
    pub(crate) fn wait(&self) {
        self.arrivals.recv().expect("a call arrives");
    }

    /// Whether another call has arrived.
    pub(crate) fn has_call(&self) -> bool {
        self.arrivals.try_recv().is_ok()
    }

    /// Lets all calls pass from now on.
    pub(crate) fn open(self) {
        drop(self.open);
    }
}

/// A command that waits at a barrier.
pub(crate) struct PausedCommand {
    child: Child,
    barrier: Barrier,
}

impl PausedCommand {
    /// Starts a command, and pauses it before the first call whose head contains these words.
    pub(crate) fn before(words: &'static str, endpoint: &str, line: &str) -> Self {
        Self::after(0, words, endpoint, line)
    }

    /// The same, but the first `calls` calls pass.
    pub(crate) fn after(calls: usize, words: &'static str, endpoint: &str, line: &str) -> Self {
        let (url, barrier) = Barrier::after(calls, endpoint, words);
        let child = start(&url, line);
        barrier.wait();
        Self { child, barrier }
    }

    pub(crate) fn send(&self, signal: &str) {
        send(signal, self.child.id());
    }

    /// Closes the pipe at its stdout.
    pub(crate) fn stop_reading(&mut self) {
        drop(self.child.stdout.take());
    }

    pub(crate) fn resume(self) -> Ended {
        self.barrier.open();
        end(self.child)
    }

    /// Waits for its end while it is paused.
    pub(crate) fn end(self) -> Ended {
        end(self.child)
    }
}
