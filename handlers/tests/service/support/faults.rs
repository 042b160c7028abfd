//! Fault injection: crashes an operation between any two of its AWS calls, or makes one call fail.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::{Future, pending};

use rps_contract::names::Function;
use rps_game::{
    Claim, Connection, ConnectionId, Game, GameId, Lobby, Message, Room, RoundTimer, Seat,
    ServerMessage, Waiting,
};
use rps_handlers::ports::*;
use tokio::sync::Notify as Signal;

/// A fault at one AWS call of an operation. Calls are numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The function crashes before the call.
    CrashBefore(u32),
    /// The function crashes after the call, before it gets the response.
    CrashAfter(u32),
    /// The call fails and changes nothing.
    Fail(u32),
    /// The call succeeds, but its response is lost and counts as a failure.
    LoseResponse(u32),
    /// The function pauses before the call.
    Pause(u32),
    /// The call's response is lost. After a pause the SDK repeats the call.
    PauseAndRepeat(u32),
    None,
}

/// Counts the AWS calls of one operation and injects a fault.
pub(crate) struct FaultInjector {
    pub(crate) fault: Fault,
    calls: Cell<u32>,
    /// The AWS actions of the calls.
    pub(crate) actions: RefCell<BTreeSet<&'static str>>,
    crash_signal: Signal,
    pause_signal: Signal,
    resume_signal: Signal,
}

impl FaultInjector {
    pub(crate) fn new(fault: Fault) -> Self {
        let [crash_signal, pause_signal, resume_signal] = [const { Signal::const_new() }; 3];
        Self {
            fault,
            calls: Cell::new(0),
            actions: RefCell::default(),
            crash_signal,
            pause_signal,
            resume_signal,
        }
    }

    pub(crate) fn none() -> Self {
        Self::new(Fault::None)
    }

    pub(crate) fn pauses(&self) -> bool {
        matches!(self.fault, Fault::Pause(_) | Fault::PauseAndRepeat(_))
    }

    pub(crate) fn repeats(&self, call: u32) -> bool {
        self.fault == Fault::PauseAndRepeat(call)
    }

    /// Waits until the operation pauses, runs `meanwhile`, then resumes the operation.
    pub(crate) async fn while_paused(&self, meanwhile: impl Future<Output = ()>) {
        self.pause_signal.notified().await;
        meanwhile.await;
        self.resume_signal.notify_one();
    }

    /// Asserts that the function's role allows all actions of the operation.
    pub(crate) fn assert_allowed(&self, function: Function) {
        for action in self.actions.borrow().iter() {
            assert!(actions(function).contains(action), "{function:?}: {action}");
        }
    }

    pub(crate) fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// Runs the operation. `None`: it crashed.
    pub(crate) async fn run<T>(&self, operation: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.crash_signal.notified() => None,
            result = operation => Some(result),
        }
    }

    async fn inject<T, C: PortCall<T>>(&self, call: impl Fn() -> C) -> Result<T, PortError> {
        let number = self.calls.replace(self.calls.get() + 1);
        // Lets concurrent operations interleave.
        tokio::task::yield_now().await;
        match self.fault {
            Fault::CrashBefore(at) if at == number => self.crash().await,
            Fault::CrashAfter(at) if at == number => {
                call().await?;
                self.crash().await
            }
            Fault::Pause(at) if at == number => {
                self.pause().await;
                call().await
            }
            Fault::PauseAndRepeat(at) if at == number => {
                call().await?;
                self.pause().await;
                call().await
            }
            Fault::Fail(at) if at == number => Err(failure()),
            Fault::LoseResponse(at) if at == number => call().await.and(Err(failure())),
            _ => call().await,
        }
    }

    async fn pause(&self) {
        self.pause_signal.notify_one();
        self.resume_signal.notified().await;
    }

    async fn crash<T>(&self) -> T {
        self.crash_signal.notify_one();
        pending().await
    }
}

fn failure() -> PortError {
    PortError::new("test", "an injected fault")
}

/// A port whose calls a [`FaultInjector`] controls.
pub(crate) struct Faulty<'a, T>(pub(crate) &'a FaultInjector, pub(crate) &'a T);

macro_rules! faulty {
    ($($port:ident { $($method:ident ( $($arg:ident : $type:ty),* ) -> $output:ty;)* })*) => {$(
        impl<T: $port> $port for Faulty<'_, T> {$(
            async fn $method(&self, $($arg: $type),*) -> Result<$output, PortError> {
                self.0.actions.borrow_mut().insert(<T as $port>::ACTION);
                self.0.inject(|| self.1.$method($($arg),*)).await
            }
        )*}
    )*};
}

rps_simulator::with_ports!(faulty);

faulty! {
    Schedule { schedule(message: &Message, delay_s: u8) -> (); }
    Notify { notify(to: &ConnectionId, message: &ServerMessage) -> Delivery; }
    Disconnect { disconnect(id: &ConnectionId) -> (); }
}
