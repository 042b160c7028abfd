//! The AWS of one input: a table with a game and a waiting player, and a clock that moves only while a function waits.

use std::cell::Cell;
use std::time::Duration;

use futures_util::FutureExt;
use rps_game::{
    Claim, Connection, ConnectionId, Game, Message, Rules, Seat, ServerMessage, Waiting,
};
use rps_handlers::ports::{Clock, Delivery, Disconnect, Notify, PortError, Random, Schedule};
use rps_simulator::table::Memory;

const NOW_MS: u64 = 1_700_000_000_000;

pub(crate) struct Aws {
    pub(crate) table: Memory,
    now_ms: Cell<u64>,
    uniques: Cell<u64>,
}

impl Aws {
    /// `x` and `y` play the game `g`, whose round is over. `z` waits for the game `h`.
    pub(crate) fn new() -> Self {
        let table = Memory::default();
        let connect = |id: &str, seat: Option<Seat>| {
            let claim = seat.map(|seat| Claim {
                game: "g".into(),
                seat,
                by: "j".into(),
                at_ms: NOW_MS,
                room: None,
            });
            table.0.borrow_mut().open_connection(&Connection {
                id: id.into(),
                connected_at_ms: NOW_MS,
                claim,
            });
        };
        connect("x", Some(Seat::First));
        connect("y", Some(Seat::Second));
        connect("z", None);
        let players = ["x".into(), "y".into()];
        let game = Game::start("g".into(), players, Rules::default(), NOW_MS);
        let waiting = Waiting {
            connection: "z".into(),
            game: "h".into(),
            room: None,
        };
        table.0.borrow_mut().start_game(&game);
        table.0.borrow_mut().enter_lobby(&waiting, NOW_MS);
        let now_ms = Cell::new(game.deadline_ms);
        let uniques = Cell::default();
        Self {
            table,
            now_ms,
            uniques,
        }
    }
}

/// No call of this AWS waits, so a function must answer at once.
pub(crate) fn at_once<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("the function waits for ever")
}

impl Clock for Aws {
    fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    async fn sleep(&self, pause: Duration) {
        let pause_ms = u64::try_from(pause.as_millis()).expect("a short pause");
        self.now_ms.update(|ms| ms + pause_ms);
    }
}

impl Random for Aws {
    fn number(&self) -> u64 {
        0
    }

    fn unique(&self) -> String {
        let number = self.uniques.get();
        self.uniques.set(number + 1);
        format!("unique{number}")
    }
}

impl Schedule for Aws {
    async fn schedule(&self, _: &Message, _: u8) -> Result<(), PortError> {
        Ok(())
    }
}

impl Notify for Aws {
    async fn notify(&self, _: &ConnectionId, _: &ServerMessage) -> Result<Delivery, PortError> {
        Ok(Delivery::Delivered)
    }
}

impl Disconnect for Aws {
    async fn disconnect(&self, _: &ConnectionId) -> Result<(), PortError> {
        Ok(())
    }
}
