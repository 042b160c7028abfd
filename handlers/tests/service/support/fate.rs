//! Kills an operation between any two of its calls, or fails one of them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::{Future, pending};

use rps_contract::names::Function;
use rps_game::{
    Claim, Connection, ConnectionId, Game, GameId, Message, Seat, ServerMessage, Taken, Tick,
    Waiting,
};
use rps_handlers::ports::*;
use tokio::sync::Notify as Signal;

/// What befalls an operation, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blow {
    /// The function dies before its call number n (from 0) is made.
    DieBefore(u32),
    /// The function dies after that call, before it sees the answer.
    DieAfter(u32),
    /// That call fails, and nothing is done.
    Fail(u32),
    /// That call is done, but its answer is lost and counts as a failure.
    LoseAnswer(u32),
    /// The function is held up before that call, until it is let go.
    Hold(u32),
    /// The answer to that call is lost on the way; the call is held up and then made again, as the SDK
    /// does.
    Repeat(u32),
    /// Nothing.
    Spare,
}

/// The fate of one operation: counts its calls and strikes.
pub(crate) struct Fate {
    pub(crate) blow: Blow,
    calls: Cell<u32>,
    /// The AWS actions of the calls.
    pub(crate) actions: RefCell<BTreeSet<&'static str>>,
    died: Signal,
    held: Signal,
    released: Signal,
}

impl Fate {
    pub(crate) fn new(blow: Blow) -> Self {
        let [died, held, released] = [const { Signal::const_new() }; 3];
        Self {
            blow,
            calls: Cell::new(0),
            actions: RefCell::default(),
            died,
            held,
            released,
        }
    }

    /// Whether the operation will be held up.
    pub(crate) fn holds(&self) -> bool {
        matches!(self.blow, Blow::Hold(_) | Blow::Repeat(_))
    }

    /// Whether the answer to that call is lost, and the call made again later.
    pub(crate) fn repeats(&self, call: u32) -> bool {
        self.blow == Blow::Repeat(call)
    }

    /// Waits until the operation is held up, then lets `meanwhile` happen and the operation go on.
    pub(crate) async fn while_held(&self, meanwhile: impl Future<Output = ()>) {
        self.held.notified().await;
        meanwhile.await;
        self.released.notify_one();
    }

    /// That the function may do what the operation did.
    pub(crate) fn assert_allowed(&self, function: Function) {
        for action in self.actions.borrow().iter() {
            assert!(actions(function).contains(action), "{function:?}: {action}");
        }
    }

    /// How many calls the operation made.
    pub(crate) fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// Runs the operation; `None` if it was killed.
    pub(crate) async fn run<T>(&self, operation: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.died.notified() => None,
            done = operation => Some(done),
        }
    }

    async fn strike<T, C: Answer<T>>(&self, call: impl Fn() -> C) -> Result<T, Failure> {
        let number = self.calls.replace(self.calls.get() + 1);
        // Lets whatever runs at the same time come in between.
        tokio::task::yield_now().await;
        match self.blow {
            Blow::DieBefore(at) if at == number => self.die().await,
            Blow::DieAfter(at) if at == number => {
                call().await?;
                self.die().await
            }
            Blow::Hold(at) if at == number => {
                self.hold().await;
                call().await
            }
            Blow::Repeat(at) if at == number => {
                call().await?;
                self.hold().await;
                call().await
            }
            Blow::Fail(at) if at == number => Err(failed()),
            Blow::LoseAnswer(at) if at == number => call().await.and(Err(failed())),
            _ => call().await,
        }
    }

    async fn hold(&self) {
        self.held.notify_one();
        self.released.notified().await;
    }

    async fn die<T>(&self) -> T {
        self.died.notify_one();
        pending().await
    }
}

fn failed() -> Failure {
    Failure::new("test", "struck by fate")
}

/// A port under a fate.
pub(crate) struct Under<'a, T>(pub(crate) &'a Fate, pub(crate) &'a T);

macro_rules! under {
    ($($port:ident { $($method:ident ( $($arg:ident : $type:ty),* ) -> $output:ty;)* })*) => {$(
        impl<T: $port> $port for Under<'_, T> {$(
            async fn $method(&self, $($arg: $type),*) -> Result<$output, Failure> {
                self.0.actions.borrow_mut().insert(<T as $port>::ACTION);
                self.0.strike(|| Box::pin(self.1.$method($($arg),*))).await
            }
        )*}
    )*};
}

under! {
    OpenConnection { open_connection(connection: &Connection) -> (); }
    FindConnection { find_connection(id: &ConnectionId) -> Option<Connection>; }
    RemoveConnection {
        remove_connection(id: &ConnectionId, claiming: Option<&GameId>) -> Option<Connection>;
    }
    ClaimPlace { claim_place(id: &ConnectionId, claim: &Claim, replacing: Option<&Claim>) -> Claimed; }
    ReadLobby {
        waiting(shard: u8) -> Option<Waiting>;
        peek_lobby(shard: u8) -> Option<Waiting>;
    }
    EnterLobby { enter_lobby(waiting: &Waiting, now_ms: u64) -> bool; }
    TakeWaiting { take_waiting(seen: &Waiting, taken: &Taken) -> bool; }
    LeaveLobby {
        clear_lobby(connection: &ConnectionId, game: &GameId) -> ();
        step_out(seen: &Waiting) -> bool;
    }
    FindGame { find_game(id: &GameId) -> Option<Game>; }
    StartGame { start_game(game: &Game) -> bool; }
    ChangeGame {
        record_play(claim: &Claim, arrival: Arrival<'_>) -> Changed;
        close_round(tick: &Tick) -> Changed;
        close_by_leaving(game: &GameId, seat: Seat, player: &ConnectionId) -> Changed;
        next_round(now: &Game, next: &Game) -> Changed;
    }
    CloseByOperator { close_by_operator(seen: &Game) -> Changed; }
    RemoveGame { remove_game(id: &GameId, removal: Removal) -> bool; }
    Schedule { schedule(message: &Message, delay_s: u8) -> (); }
    Notify { tell(to: &ConnectionId, message: &ServerMessage) -> Delivery; }
    Disconnect { disconnect(id: &ConnectionId) -> (); }
}
