//! The simulated table, alone or with a real one beside it.

use std::cell::RefCell;
use std::ops::Deref;

use rps_game::{
    Claim, Connection, ConnectionId, Game, GameId, Lobby, Room, RoundTimer, Seat, Waiting,
};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::ports::{
    ChangeGame, ChangeLobby, ChangeResult, ClaimPlace, ClaimResult, CloseByOperator, EnterLobby,
    FindConnection, FindGame, IncomingPlay, LeaveLobby, LobbyResult, OpenConnection, PortError,
    ReadLobby, RemoveConnection, RemoveGame, StartGame, TakeSeat, Takeover,
};
use tokio::runtime::Runtime;

pub use crate::items::Items;

/// A real table behind the functions' adapter.
pub struct Mirror {
    pub store: DynamoStore,
    /// It also runs an embedded database.
    pub runtime: Runtime,
}

#[derive(Default)]
pub struct Table {
    items: Items,
    mirror: Option<Mirror>,
}

/// A table whose calls succeed at once.
#[derive(Default)]
pub struct Memory(pub RefCell<Table>);

impl Table {
    /// Makes every call on the real table too. It panics if their results differ.
    #[must_use]
    pub fn mirrored(mirror: Mirror) -> Self {
        let mirror = Some(mirror);
        Self {
            items: Items::default(),
            mirror,
        }
    }
}

impl Deref for Table {
    type Target = Items;

    fn deref(&self) -> &Items {
        &self.items
    }
}

/// Calls the macro with all ports of the table, and the results of their methods.
#[macro_export]
macro_rules! with_ports {
    ($macro:ident) => {
        $macro! {
            OpenConnection { open_connection(connection: &Connection) -> (); }
            FindConnection {
                find_connection(id: &ConnectionId) -> Option<Connection>;
                peek_connection(id: &ConnectionId) -> Option<Connection>;
            }
            RemoveConnection {
                remove_connection(id: &ConnectionId) -> Option<Connection>;
                remove_player(id: &ConnectionId, game: &GameId) -> bool;
            }
            ClaimPlace {
                claim_place(id: &ConnectionId, claim: &Claim, replacing: Option<&Claim>) -> ClaimResult;
            }
            ReadLobby {
                lobby(room: Option<&Room>) -> Lobby;
                peek_lobby(room: Option<&Room>) -> Lobby;
            }
            EnterLobby { enter_lobby(waiting: &Waiting, now_ms: u64) -> LobbyResult; }
            ChangeLobby {
                open_place(waiting: &Waiting, limit: u8, now_ms: u64) -> LobbyResult;
                close_place(waiting: &Waiting) -> LobbyResult;
            }
            LeaveLobby { leave_lobby(waiting: &Waiting) -> LobbyResult; }
            FindGame {
                find_game(id: &GameId) -> Option<Game>;
                peek_closed_game(id: &GameId) -> Option<Game>;
            }
            StartGame { start_game(game: &Game) -> bool; }
            ChangeGame {
                record_play(claim: &Claim, incoming: IncomingPlay<'_>) -> ChangeResult;
                close_round(round_timer: &RoundTimer) -> ChangeResult;
                close_by_leaving(game: &GameId, seat: Seat, player: &ConnectionId) -> ChangeResult;
                mark_absent(game: &GameId, seat: Seat, player: &ConnectionId) -> ChangeResult;
                next_round(now: &Game, next: &Game) -> ChangeResult;
            }
            TakeSeat { take_seat(takeover: Takeover<'_>) -> bool; }
            CloseByOperator { close_by_operator(snapshot: &Game) -> ChangeResult; }
            RemoveGame {
                remove_game(game: &Game) -> Option<Game>;
                remove_open_game(game: &Game) -> bool;
            }
        }
    };
}

macro_rules! calls {
    ($($port:ident { $($method:ident ( $($arg:ident : $type:ty),* ) -> $output:ty;)* })*) => {
        impl Table {$($(
            pub fn $method(&mut self, $($arg: $type),*) -> $output {
                let result = self.items.$method($($arg),*);
                if let Some(Mirror { store, runtime }) = &self.mirror {
                    let call = Box::pin(store.$method($($arg),*));
                    let stored = runtime.block_on(call);
                    assert_eq!(stored.as_ref(), Ok(&result), "{}", stringify!($method));
                }
                result
            }
        )*)*}
        $(impl $port for Memory {$(
            async fn $method(&self, $($arg: $type),*) -> Result<$output, PortError> {
                Ok(self.0.borrow_mut().$method($($arg),*))
            }
        )*})*
    };
}

with_ports!(calls);
