//! One invocation's calls to AWS, with the SDK's attempts and timeouts. Every attempt may fail in every way that a
//! real one may.

use std::cell::Cell;
use std::future::pending;
use std::hash::Hash;
use std::rc::Rc;

use rps_handlers::ports::PortError;

use crate::brief::Brief;
use crate::calls::{Calls, Fate, Target, Waiting};
use crate::faults::Fault;
use crate::latency::Step;
use crate::meter::Meter;
use crate::stream::Stream;
use crate::world::World;

// The settings of the functions' SDK clients (handlers/src/outbound/aws.rs).
const MAX_ATTEMPTS: u64 = 4;
const ATTEMPT_TIMEOUT_US: u64 = 1_000_000;
pub(crate) const CALL_TIMEOUT_US: u64 = 2_500_000;
const FIRST_PAUSE_US: u64 = 30_000;

/// A signed request stays valid for five minutes.
const LATEST_US: u64 = 5 * 60 * 1_000_000;

/// AWS as one invocation sees it.
pub(crate) struct Aws {
    pub(crate) world: Rc<World>,
    pub(crate) stream: Stream,
    /// For the story.
    pub(crate) name: String,
    /// This function's clock is ahead by this much.
    pub(crate) skew_ms: u64,
    pub(crate) has_slow_calls: bool,
    pub(crate) calls: Cell<u64>,
    /// A fault kills this invocation.
    pub(crate) is_killed: Cell<bool>,
    /// A fault stalled this invocation, so it may exceed its timeout.
    pub(crate) is_stalled: Cell<bool>,
    pub(crate) numbers: Cell<u64>,
    /// While schedules are explored, the clock stands still, except for an invocation's own pauses.
    pub(crate) slept_ms: Cell<u64>,
}

/// How a call is told in the story, and how it may fail.
pub(crate) struct Call<F> {
    pub(crate) operation: &'static str,
    pub(crate) target: Target,
    pub(crate) text: F,
    /// The time limit of one attempt.
    pub(crate) attempt_timeout_us: u64,
}

impl<F> Call<F> {
    pub(crate) fn new(operation: &'static str, target: Target, text: F) -> Self {
        Self {
            operation,
            target,
            text,
            attempt_timeout_us: ATTEMPT_TIMEOUT_US,
        }
    }
}

impl Aws {
    pub(crate) async fn call<T: Brief + Hash + 'static>(
        &self,
        call: Call<impl Fn() -> String>,
        request: impl Fn(&Rc<World>) -> T + Clone + 'static,
    ) -> Result<T, PortError> {
        let number = self.calls.replace(self.calls.get() + 1);
        if let Some(calls) = &self.world.calls {
            return self.explored(calls, number, &call, &request).await;
        }
        let stream = self.stream.child(number);
        let deadline_us = self.world.now_us() + CALL_TIMEOUT_US;
        for attempt in 0..MAX_ATTEMPTS {
            let stream = stream.child(attempt);
            if self.strikes(stream, Fault::Stall) {
                self.tell(&call.text, || "the function stalls".to_owned());
                self.is_stalled.set(true);
                self.world.pause(stream, 10_000, 3_000_000).await;
            }
            let result = self.attempt(stream, deadline_us, &call, &request).await;
            if self.world.now_us() >= deadline_us {
                break;
            }
            if let Some(result) = result {
                return Ok(result);
            }
            let backoff_us = FIRST_PAUSE_US << attempt;
            self.world.pause(stream.child(1), 1000, backoff_us).await;
        }
        self.tell(&call.text, || "fails after all attempts".to_owned());
        Err(PortError::new(call.operation, "simulated"))
    }

    /// A call whose fate the exploration decides.
    async fn explored<T: Brief + Hash + 'static>(
        &self,
        calls: &Calls<World>,
        number: u64,
        call: &Call<impl Fn() -> String>,
        request: &(impl Fn(&Rc<World>) -> T + Clone + 'static),
    ) -> Result<T, PortError> {
        let (id, text) = (self.stream.0, Rc::<str>::from((call.text)()));
        loop {
            let waiting = Waiting {
                text: Rc::clone(&text),
                target: call.target.clone(),
                is_read: call.operation == "GetItem",
                fate: None,
            };
            let fate = calls.fate(id, number, waiting).await;
            if matches!(fate, Fate::LateAndRepeated | Fate::LateAndFailed) {
                let request = request.clone();
                let effect = move |world: &Rc<World>| drop(request(world));
                calls.delay(id, Rc::clone(&text), Box::new(effect));
                self.tell(&call.text, || "late".to_owned());
            } else {
                let result = request(&self.world);
                self.tell(&call.text, || result.brief());
                if fate == Fate::Done {
                    calls.remember(id, text, &result);
                    return Ok(result);
                }
            }
            if fate == Fate::LateAndFailed {
                calls.remember(id, text, &"failed");
                return Err(PortError::new(call.operation, "simulated"));
            }
        }
    }

    /// `None`: the attempt fails.
    async fn attempt<T: Brief + 'static>(
        &self,
        stream: Stream,
        deadline_us: u64,
        call: &Call<impl Fn() -> String>,
        request: &(impl Fn(&Rc<World>) -> T + Clone + 'static),
    ) -> Option<T> {
        let text = &call.text;
        self.send(stream, deadline_us, call).await?;
        if self.fails(stream, Fault::LateRequest, text) {
            self.send_late(stream, text, request);
            return match stream.child(7).between(0, 2) {
                0 => self.die().await,
                // All further attempts fail too.
                1 => self.time_out(deadline_us, CALL_TIMEOUT_US).await,
                _ => self.time_out(deadline_us, call.attempt_timeout_us).await,
            };
        }
        let has_internal_error = self.fails(stream, Fault::InternalError, text);
        if has_internal_error && stream.child(4).between(0, 1) == 0 {
            return None;
        }
        let result = request(&self.world);
        self.tell(text, || result.brief());
        if has_internal_error {
            return None;
        }
        self.receive(stream, deadline_us, call).await?;
        Some(result)
    }

    /// The request's way to AWS. `None`: it does not get there.
    async fn send(
        &self,
        stream: Stream,
        deadline_us: u64,
        call: &Call<impl Fn() -> String>,
    ) -> Option<()> {
        let fails = |fault| self.fails(stream, fault, &call.text);
        let step = Step::Call(call.operation);
        self.world.takes(stream.child(2), step).await;
        if fails(Fault::KillBefore) {
            return self.die().await;
        }
        if self.has_slow_calls {
            let executor = &self.world.executor;
            executor
                .sleep(stream.child(8).between(600_000, 900_000))
                .await;
        } else if fails(Fault::SlowRequest) {
            self.world.pause(stream.child(3), 20_000, 900_000).await;
        }
        let is_read = call.operation == "GetItem";
        let throttles = |meter: &Meter| {
            let table = self.world.table.borrow();
            let lobby = table.lobbies.get(&None);
            let places = lobby.map_or(0, |lobby| lobby.places.len());
            call.target == Target::Lobby(None)
                && meter.throttles(places, is_read, self.world.now_us())
        };
        let is_throttled = self.world.is_out() || self.world.load.as_ref().is_some_and(throttles);
        if is_throttled || fails(Fault::Throttled) {
            return None;
        }
        if fails(Fault::LostRequest) {
            return self.time_out(deadline_us, call.attempt_timeout_us).await;
        }
        Some(())
    }

    /// The response's way to the function. `None`: it does not get there.
    async fn receive(
        &self,
        stream: Stream,
        deadline_us: u64,
        call: &Call<impl Fn() -> String>,
    ) -> Option<()> {
        let fails = |fault| self.fails(stream, fault, &call.text);
        if fails(Fault::KillAfter) {
            return self.die().await;
        }
        if fails(Fault::LostResponse) {
            return self.time_out(deadline_us, call.attempt_timeout_us).await;
        }
        if fails(Fault::SlowResponse) {
            self.world.pause(stream.child(5), 20_000, 900_000).await;
        }
        Some(())
    }

    fn fails(&self, stream: Stream, fault: Fault, text: &impl Fn() -> String) -> bool {
        let fails = self.strikes(stream, fault);
        if fails {
            self.tell(text, || fault.to_string());
        }
        fails
    }

    /// The request takes effect after this attempt has failed.
    fn send_late<T: Brief + 'static>(
        &self,
        stream: Stream,
        text: &impl Fn() -> String,
        request: &(impl Fn(&Rc<World>) -> T + Clone + 'static),
    ) {
        let late_us = stream.child(6).duration(ATTEMPT_TIMEOUT_US, LATEST_US);
        let (world, request) = (Rc::clone(&self.world), request.clone());
        let line = world.tells().then(|| format!("{}: {}", self.name, text()));
        self.world.executor.spawn(async move {
            world.executor.sleep(late_us).await;
            let result = request(&world);
            world.tell(|| format!("{} -> {} (late)", line.unwrap_or_default(), result.brief()));
        });
    }

    async fn time_out<T>(&self, deadline_us: u64, timeout_us: u64) -> Option<T> {
        let executor = &self.world.executor;
        let timeout_us = executor.now_us() + timeout_us;
        executor.sleep_until(timeout_us.min(deadline_us)).await;
        None
    }

    async fn die<T>(&self) -> T {
        self.is_killed.set(true);
        pending().await
    }

    pub(crate) fn strikes(&self, stream: Stream, fault: Fault) -> bool {
        self.world.strikes(stream, fault)
    }

    fn tell(&self, text: &impl Fn() -> String, result: impl FnOnce() -> String) {
        self.world
            .tell(|| format!("{}: {} -> {}", self.name, text(), result()));
    }
}
