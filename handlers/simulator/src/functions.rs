//! Invokes the real functions, with the events that API Gateway and SQS would send.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use rps_contract::names::FUNCTION_TIMEOUT_S;
use rps_contract::{AllowedOrigins, BlockedCidrs};
use rps_game::ConnectionId;
use rps_handlers::inbound::admission::Admission;
use rps_handlers::inbound::queue;
use rps_handlers::inbound::websocket::{self, Response};
use serde_json::json;

use crate::aws::Aws;
use crate::faults::Fault;
use crate::latency::Step;
use crate::meter::Meter;
use crate::state::{Guarantee, QueueMessage};
use crate::stream::Stream;
use crate::world::{Settings, World};

/// Calls of a join at most, which repeats its attempts for two seconds. `decide` makes this many per message at most,
/// because a rebalance joins.
const MAX_CALLS: u64 = 80;

/// Builds a function's event. Its type follows from the function that receives it.
macro_rules! event {
    ($json:expr) => {
        &serde_json::from_value($json).expect("a valid event")
    };
}

impl World {
    /// Invokes the function of this route. `None`: it was throttled, killed or timed out.
    pub(crate) async fn invoke_route(
        self: &Rc<Self>,
        route: &'static str,
        id: &ConnectionId,
        body: &str,
        stream: Stream,
    ) -> Option<Response> {
        self.truth.borrow_mut().note_join(id, body);
        self.truth.borrow_mut().note_resume(id, body);
        let response = self.invoke_function(route, id, body, stream).await;
        let answer = response.as_ref().and_then(|it| it.body.as_deref());
        self.truth.borrow_mut().note_answer(id, body, answer);
        response
    }

    async fn invoke_function(
        self: &Rc<Self>,
        route: &'static str,
        id: &ConnectionId,
        body: &str,
        stream: Stream,
    ) -> Option<Response> {
        let (event_type, max_calls) = match route {
            "$connect" => ("CONNECT", 1),
            "$disconnect" => ("DISCONNECT", 16),
            "receive-play" => ("MESSAGE", 3),
            "join-game" | "resume-game" => ("MESSAGE", MAX_CALLS),
            _ => ("MESSAGE", 0),
        };
        let event = json!({
            "requestContext": {
                "eventType": event_type,
                "disconnectStatusCode": self.socket(id, |socket| socket.close_code),
                "connectedAt": self.connected_at_ms(id),
                "requestTimeEpoch": self.now_ms(),
                "connectionId": id.as_str(),
            },
            "body": body,
        });
        let admission = &Admission {
            accepts_players: true,
            blocked_cidrs: BlockedCidrs::default(),
            allowed_origins: AllowedOrigins::All,
            logs_sources: false,
        };
        let Settings { rules, places } = self.settings.get();
        self.invoke(
            stream,
            route,
            id.as_str(),
            max_calls,
            async |aws| match route {
                "join-game" | "resume-game" => {
                    websocket::join_game(aws, aws, aws, aws, rules, places, event!(event)).await
                }
                "receive-play" => websocket::receive_play(aws, aws, aws, event!(event)).await,
                _ => websocket::connection(aws, aws, aws, admission, event!(event)).await,
            },
        )
        .await
    }

    /// Invokes `decide`, and returns the indexes of the messages to redeliver. `None`: it returned nothing.
    pub(crate) async fn decide(
        self: &Rc<Self>,
        messages: &[(usize, QueueMessage)],
        stream: Stream,
    ) -> Option<BTreeSet<usize>> {
        let records = messages.iter().map(|(index, message)| {
            json!({
                "messageId": index.to_string(),
                "body": message.body,
            })
        });
        let event = json!({ "Records": records.collect::<Vec<_>>() });
        let event = serde_json::from_value(event).expect("a valid event");
        let names: Vec<&str> = messages.iter().map(|(_, it)| it.name.as_str()).collect();
        let (names, rules) = (names.join(", "), self.settings.get().rules);
        let max_calls = MAX_CALLS * messages.len() as u64;
        let response = self.invoke(stream, "decide", &names, max_calls, async |aws| {
            queue::decide_all(aws, aws, aws, aws, rules, event).await
        });
        let failures = response.await?.batch_item_failures.into_iter();
        let indexes = failures.filter_map(|failure| failure.item_identifier.parse().ok());
        Some(indexes.collect())
    }

    pub(crate) async fn invoke<T>(
        self: &Rc<Self>,
        stream: Stream,
        function: &'static str,
        subject: &str,
        max_calls: u64,
        run: impl AsyncFnOnce(&Aws) -> T,
    ) -> Option<T> {
        let is_function = function != "rpsctl";
        let executions = self.executions.get();
        let is_full = is_function && executions >= self.max_executions.get();
        if is_full || self.strikes(stream, Fault::ThrottledInvocation) {
            self.tell(|| format!("Lambda throttles {function} for {subject}"));
            return None;
        }
        self.executions.set(executions + u32::from(is_function));
        self.start(function, stream).await;
        let number = self.next_number();
        let aws = self.aws(stream, || format!("{function} #{number} ({subject})"));
        let result = self.run(&aws, is_function, run).await;
        if let Some(meter) = &self.load {
            meter.release(function);
        }
        self.executions
            .set(self.executions.get() - u32::from(is_function));
        self.truth.borrow_mut().calls += aws.calls.get();
        if aws.calls.get() > max_calls {
            let calls = aws.calls.get();
            self.violate(Guarantee::CostPerGame, || {
                format!("{} makes {calls} calls", aws.name)
            });
        }
        if result.is_none() && !aws.is_killed.get() {
            self.tell(|| format!("{} times out", aws.name));
            if !aws.is_stalled.get() {
                self.violate(Guarantee::NoInputFailsAFunction, || {
                    format!("{} times out", aws.name)
                });
            }
        }
        result
    }

    /// Waits for an execution of the function.
    async fn start(&self, function: &'static str, stream: Stream) {
        if self.calls.is_none() {
            self.takes(stream.child(1), Step::Invocation).await;
        }
        let is_cold = |meter: &Meter| !meter.is_warm(function);
        if self.load.as_ref().is_some_and(is_cold) || self.strikes(stream, Fault::SlowStart) {
            self.takes(stream.child(2), Step::ColdStart).await;
        }
    }

    fn aws(self: &Rc<Self>, stream: Stream, name: impl FnOnce() -> String) -> Aws {
        let is_skewed = self.strikes(stream, Fault::SkewedClock);
        Aws {
            world: Rc::clone(self),
            stream,
            name: if self.tells() { name() } else { String::new() },
            skew_ms: if is_skewed {
                stream.child(3).between(1, 1000)
            } else {
                0
            },
            has_slow_calls: self.strikes(stream, Fault::SlowCalls),
            calls: Cell::new(0),
            is_killed: Cell::new(false),
            is_stalled: Cell::new(false),
            numbers: Cell::new(0),
            slept_ms: Cell::new(0),
        }
    }

    /// Runs the operation until it returns, a fault kills it, or its time is up.
    async fn run<T>(
        &self,
        aws: &Aws,
        is_function: bool,
        run: impl AsyncFnOnce(&Aws) -> T,
    ) -> Option<T> {
        let mut operation = pin!(run(aws));
        let mut timeout_us = u64::MAX;
        if is_function && self.calls.is_none() {
            timeout_us = self.now_us() + FUNCTION_TIMEOUT_S * 1_000_000;
            self.executor.wake_at(self.executor.running(), timeout_us);
        }
        poll_fn(|context| match operation.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending if aws.is_killed.get() || self.now_us() >= timeout_us => {
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}
