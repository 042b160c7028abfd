//! The functions' ports on the simulated AWS.

mod games;

use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use rps_game::{
    Claim, Connection, ConnectionId, GameId, Lobby, Message, Room, ServerMessage, Waiting,
};
use rps_handlers::ports::{
    ChangeLobby, ClaimPlace, ClaimResult, Clock, Delivery, Disconnect, EnterLobby, FindConnection,
    LeaveLobby, LobbyResult, Notify, OpenConnection, PortError, Random, ReadLobby,
    RemoveConnection, Schedule,
};

use crate::aws::{Aws, CALL_TIMEOUT_US, Call};
use crate::calls::Target;
use crate::faults::Fault;
use crate::state::SocketState;
use crate::table::Table;
use crate::world::World;

fn put<F>(target: Target, text: F) -> Call<F> {
    call("PutItem", target, text)
}

fn call<F>(operation: &'static str, target: Target, text: F) -> Call<F> {
    Call::new(operation, target, text)
}

impl OpenConnection for Aws {
    async fn open_connection(&self, connection: &Connection) -> Result<(), PortError> {
        let target = Target::Connection(connection.id.clone());
        let text = || format!("put C#{}", connection.id);
        let connection = connection.clone();
        let open = move |world: &Rc<World>| {
            // A request that arrives after `$disconnect` stores a closed connection, which stays until its TTL.
            world.socket(&connection.id, |socket| {
                socket.is_reopened |= socket.state != SocketState::Connecting;
            });
            world.in_connection(&connection.id, |table| table.open_connection(&connection));
        };
        let put = Call {
            attempt_timeout_us: CALL_TIMEOUT_US,
            ..put(target, text)
        };
        self.call(put, open).await
    }
}

impl FindConnection for Aws {
    async fn find_connection(&self, id: &ConnectionId) -> Result<Option<Connection>, PortError> {
        let target = Target::Connection(id.clone());
        let text = || format!("get C#{id}");
        let id = id.clone();
        let find = move |world: &Rc<World>| world.table.borrow_mut().find_connection(&id);
        self.call(call("GetItem", target, text), find).await
    }

    async fn peek_connection(&self, id: &ConnectionId) -> Result<Option<Connection>, PortError> {
        let is_stale = self.reads_stale(4_000_000);
        let target = Target::Connection(id.clone());
        let text = || peek_text(&format_args!("C#{id}"), is_stale);
        let id = id.clone();
        let peek = move |world: &Rc<World>| {
            let current = world.table.borrow_mut().peek_connection(&id);
            let connections = &world.old_connections;
            connections.read(&id, current, is_stale, world.now_us())
        };
        self.call(call("GetItem", target, text), peek).await
    }
}

impl RemoveConnection for Aws {
    async fn remove_connection(&self, id: &ConnectionId) -> Result<Option<Connection>, PortError> {
        let target = Target::Connection(id.clone());
        let text = || format!("delete C#{id}");
        let id = id.clone();
        let remove =
            move |world: &Rc<World>| world.in_connection(&id, |table| table.remove_connection(&id));
        self.call(call("DeleteItem", target, text), remove).await
    }

    async fn remove_player(&self, id: &ConnectionId, game: &GameId) -> Result<bool, PortError> {
        let target = Target::Connection(id.clone());
        let text = || format!("delete C#{id}, if it claims {game}");
        let (id, game) = (id.clone(), game.clone());
        let remove = move |world: &Rc<World>| {
            world.in_connection(&id, |table| table.remove_player(&id, &game))
        };
        self.call(call("DeleteItem", target, text), remove).await
    }
}

impl ClaimPlace for Aws {
    async fn claim_place(
        &self,
        id: &ConnectionId,
        claim: &Claim,
        replacing: Option<&Claim>,
    ) -> Result<ClaimResult, PortError> {
        let target = Target::Connection(id.clone());
        let text = || {
            let old = replacing.map_or("nothing".to_owned(), |old| old.game.to_string());
            format!("update C#{id}: claim {}, if it claims {old}", claim.game)
        };
        let (id, claim, replacing) = (id.clone(), claim.clone(), replacing.cloned());
        let update = move |world: &Rc<World>| {
            world.in_connection(&id, |table| {
                table.claim_place(&id, &claim, replacing.as_ref())
            })
        };
        self.call(call("UpdateItem", target, text), update).await
    }
}

impl ReadLobby for Aws {
    async fn lobby(&self, room: Option<&Room>) -> Result<Lobby, PortError> {
        let room = room.cloned();
        let text = || format!("get {}", lobby_name(room.as_ref()));
        let target = Target::Lobby(room.clone());
        let call = call("GetItem", target, text);
        let key = room.clone();
        let read = move |world: &Rc<World>| world.table.borrow_mut().lobby(key.as_ref());
        self.call(call, read).await
    }

    async fn peek_lobby(&self, room: Option<&Room>) -> Result<Lobby, PortError> {
        let is_stale = self.reads_stale(1_000_000);
        let room = room.cloned();
        let text = || peek_text(&lobby_name(room.as_ref()), is_stale);
        let target = Target::Lobby(room.clone());
        let call = call("GetItem", target, text);
        let key = room.clone();
        let read = move |world: &Rc<World>| {
            let current = world.table.borrow_mut().peek_lobby(key.as_ref());
            let now_us = world.now_us();
            let lobby = world
                .old_lobbies
                .read(&key, Some(current), is_stale, now_us);
            lobby.unwrap_or_else(|| Lobby::empty(key.as_ref()))
        };
        self.call(call, read).await
    }
}

impl EnterLobby for Aws {
    async fn enter_lobby(&self, waiting: &Waiting, now_ms: u64) -> Result<LobbyResult, PortError> {
        let text = || format!("put {}, if absent", place(waiting));
        let put = put(Target::Lobby(waiting.room.clone()), text);
        let key = waiting.clone();
        let enter =
            move |world: &Rc<World>| world.in_lobby(&key, |table| table.enter_lobby(&key, now_ms));
        self.call(put, enter).await
    }
}

impl ChangeLobby for Aws {
    async fn open_place(
        &self,
        waiting: &Waiting,
        limit: u8,
        now_ms: u64,
    ) -> Result<LobbyResult, PortError> {
        let text = || format!("update {}, if it has no place", place(waiting));
        let key = waiting.clone();
        let open = move |world: &Rc<World>| {
            world.in_lobby(&key, |table| table.open_place(&key, limit, now_ms))
        };
        let target = Target::Lobby(waiting.room.clone());
        self.call(call("UpdateItem", target, text), open).await
    }

    async fn close_place(&self, waiting: &Waiting) -> Result<LobbyResult, PortError> {
        let text = || format!("update {}: no more", place(waiting));
        let key = waiting.clone();
        let close = move |world: &Rc<World>| world.in_lobby(&key, |table| table.close_place(&key));
        let target = Target::Lobby(waiting.room.clone());
        self.call(call("UpdateItem", target, text), close).await
    }
}

impl LeaveLobby for Aws {
    async fn leave_lobby(&self, waiting: &Waiting) -> Result<LobbyResult, PortError> {
        let text = || format!("delete {}, if nobody else does", place(waiting));
        let key = waiting.clone();
        let leave = move |world: &Rc<World>| world.in_lobby(&key, |table| table.leave_lobby(&key));
        let target = Target::Lobby(waiting.room.clone());
        self.call(call("DeleteItem", target, text), leave).await
    }
}

impl Schedule for Aws {
    async fn schedule(&self, message: &Message, delay_s: u8) -> Result<(), PortError> {
        let target = Target::Queue;
        let text = || format!("send {}, due in {delay_s} s", crate::queue::name(message));
        let (message, sender) = (message.clone(), self.stream.0);
        let stream = self.stream.child(2_000_000 + self.calls.get());
        let send = move |world: &Rc<World>| world.send(&message, delay_s, stream, sender);
        self.call(call("SendMessage", target, text), send).await
    }
}

impl Notify for Aws {
    async fn notify(
        &self,
        to: &ConnectionId,
        message: &ServerMessage,
    ) -> Result<Delivery, PortError> {
        let target = Target::Socket(to.clone());
        let text = || format!("post to {to}: {}", message.to_frame());
        let (to, message) = (to.clone(), message.clone());
        let post = move |world: &Rc<World>| world.post(&to, &message);
        self.call(call("PostToConnection", target, text), post)
            .await
    }
}

impl Disconnect for Aws {
    async fn disconnect(&self, id: &ConnectionId) -> Result<(), PortError> {
        let target = Target::Socket(id.clone());
        let text = || format!("disconnect {id}");
        let id = id.clone();
        let disconnect = move |world: &Rc<World>| world.disconnect(&id);
        self.call(call("DeleteConnection", target, text), disconnect)
            .await
    }
}

impl Clock for Aws {
    fn now_ms(&self) -> u64 {
        self.world.now_ms() + self.skew_ms + self.slept_ms.get()
    }

    async fn sleep(&self, pause: Duration) {
        /// In an exploration, a join repeats its attempt once, and no invocation runs out of time.
        const PATIENCE: Duration = Duration::from_secs(2);
        if self.world.calls.is_some() {
            if pause > PATIENCE {
                return std::future::pending().await;
            }
            let slept_ms = self.slept_ms.get() + 2000;
            return self.slept_ms.set(slept_ms);
        }
        let pause_us = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        self.world.executor.sleep(pause_us).await;
    }
}

impl Random for Aws {
    fn number(&self) -> u64 {
        self.numbers.set(self.numbers.get() + 1);
        self.stream.child(3_000_000 + self.numbers.get()).0
    }

    fn unique(&self) -> String {
        if self.world.calls.is_some() {
            // The same in every order of the invocations.
            return format!("u{:x}", self.number());
        }
        format!("u{}", self.world.next_number())
    }
}

impl Aws {
    /// Whether the next read returns an older state. `salt` distinguishes kinds of reads.
    fn reads_stale(&self, salt: u64) -> bool {
        let stream = self.stream.child(salt + self.calls.get());
        self.strikes(stream, Fault::StaleRead)
    }
}

fn lobby_name(room: Option<&Room>) -> String {
    room.map_or("L#places".to_owned(), |room| format!("R#{room}"))
}

fn place(waiting: &Waiting) -> String {
    let Waiting {
        connection,
        game,
        room,
    } = waiting;
    format!(
        "{}: {connection} waits for {game}",
        lobby_name(room.as_ref())
    )
}

fn peek_text(key: &impl Display, is_stale: bool) -> String {
    let stale = if is_stale { ", stale" } else { "" };
    format!("get {key}, eventually consistent{stale}")
}

impl World {
    /// Runs an operation on a connection, and keeps its previous state.
    fn in_connection<T>(&self, id: &ConnectionId, operation: impl FnOnce(&mut Table) -> T) -> T {
        let mut table = self.table.borrow_mut();
        let before = table.connections.get(id).cloned();
        let result = operation(&mut table);
        let after = table.connections.get(id);
        self.old_connections.keep(id, before, after, self.now_us());
        result
    }

    /// Runs an operation on a lobby, and keeps its previous state.
    fn in_lobby<T>(&self, waiting: &Waiting, operation: impl FnOnce(&mut Table) -> T) -> T {
        let room = &waiting.room;
        let mut table = self.table.borrow_mut();
        let before = table.lobbies.get(room).cloned();
        let result = operation(&mut table);
        let after = table.lobbies.get(room);
        self.old_lobbies.keep(room, before, after, self.now_us());
        result
    }
}
