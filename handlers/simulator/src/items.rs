//! The items of a table, in memory. Each method has the condition and the result of the DynamoDB adapter's method. Nothing expires:
//! an item's TTL ends an hour after the longest life of its connection.

use std::collections::BTreeMap;

use rps_game::{
    Claim, CloseReason, Connection, ConnectionId, Game, GameId, Lobby, Room, RoundTimer, Seat,
    Waiting,
};
use rps_handlers::ports::{ChangeResult, ClaimResult, IncomingPlay, LobbyResult, Takeover};

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Items {
    pub connections: BTreeMap<ConnectionId, Connection>,
    /// The stored rooms, and the lobby of all players without a room.
    pub lobbies: BTreeMap<Option<Room>, Lobby>,
    pub games: BTreeMap<GameId, Game>,
}

impl Items {
    pub(crate) fn open_connection(&mut self, connection: &Connection) {
        self.connections
            .insert(connection.id.clone(), connection.clone());
    }

    pub(crate) fn find_connection(&self, id: &ConnectionId) -> Option<Connection> {
        self.connections.get(id).cloned()
    }

    pub(crate) fn peek_connection(&self, id: &ConnectionId) -> Option<Connection> {
        self.find_connection(id)
    }

    pub(crate) fn remove_connection(&mut self, id: &ConnectionId) -> Option<Connection> {
        self.connections.remove(id)
    }

    pub(crate) fn remove_player(&mut self, id: &ConnectionId, game: &GameId) -> bool {
        let connection = self.connections.get(id);
        let claim = connection.and_then(|connection| connection.claim.as_ref());
        let claims = claim.is_some_and(|claim| claim.game == *game);
        if claims {
            self.connections.remove(id);
        }
        claims
    }

    pub(crate) fn claim_place(
        &mut self,
        id: &ConnectionId,
        claim: &Claim,
        replacing: Option<&Claim>,
    ) -> ClaimResult {
        let Some(connection) = self.connections.get_mut(id) else {
            return ClaimResult::NoConnection;
        };
        let is_same = |a: &Claim, b: &Claim| a.game == b.game && a.by == b.by;
        let may_replace = |current: &Claim| replacing.is_some_and(|old| is_same(current, old));
        match &connection.claim {
            Some(current) if !may_replace(current) && is_same(current, claim) => ClaimResult::Yes,
            Some(current) if !may_replace(current) => ClaimResult::Conflict(current.clone()),
            _ => {
                connection.claim = Some(claim.clone());
                ClaimResult::Yes
            }
        }
    }

    pub(crate) fn lobby(&self, room: Option<&Room>) -> Lobby {
        let stored = self.lobbies.get(&room.cloned()).cloned();
        stored.unwrap_or_else(|| Lobby::empty(room))
    }

    pub(crate) fn peek_lobby(&self, room: Option<&Room>) -> Lobby {
        self.lobby(room)
    }

    pub(crate) fn enter_lobby(&mut self, waiting: &Waiting, _now_ms: u64) -> LobbyResult {
        let place = (waiting.connection.clone(), waiting.game.clone());
        let lobby = self.lobbies.entry(waiting.room.clone());
        let lobby = lobby.or_insert_with(|| Lobby {
            room: waiting.room.clone(),
            places: [place].into(),
        });
        entered(waiting, lobby)
    }

    pub(crate) fn open_place(&mut self, waiting: &Waiting, limit: u8, _now_ms: u64) -> LobbyResult {
        let Some(lobby) = self.lobbies.get_mut(&waiting.room) else {
            return LobbyResult::No(self.lobby(waiting.room.as_ref()));
        };
        let (id, places) = (&waiting.connection, &mut lobby.places);
        if !places.contains_key(id) && places.len() < usize::from(limit) {
            places.insert(id.clone(), waiting.game.clone());
        }
        entered(waiting, lobby)
    }

    pub(crate) fn close_place(&mut self, waiting: &Waiting) -> LobbyResult {
        match self.lobbies.get_mut(&waiting.room) {
            Some(lobby) if waiting.is_in(lobby) => {
                lobby.places.remove(&waiting.connection);
                LobbyResult::Yes(lobby.clone())
            }
            _ => LobbyResult::No(self.lobby(waiting.room.as_ref())),
        }
    }

    pub(crate) fn leave_lobby(&mut self, waiting: &Waiting) -> LobbyResult {
        let lobby = self.lobby(waiting.room.as_ref());
        let places = lobby.places.len();
        if places > 1 || (places == 1 && !waiting.is_in(&lobby)) {
            return LobbyResult::No(lobby);
        }
        if self.lobbies.remove(&waiting.room).is_none() {
            return LobbyResult::No(lobby);
        }
        LobbyResult::Yes(self.lobby(waiting.room.as_ref()))
    }

    pub(crate) fn find_game(&self, id: &GameId) -> Option<Game> {
        self.games.get(id).cloned()
    }

    pub(crate) fn peek_closed_game(&self, id: &GameId) -> Option<Game> {
        let game = self.find_game(id);
        game.filter(|game| game.closed_by().is_some())
    }

    pub(crate) fn start_game(&mut self, game: &Game) -> bool {
        let existing = self
            .games
            .entry(game.id.clone())
            .or_insert_with(|| game.clone());
        existing.players == game.players
            && existing.deadline_ms == game.deadline_ms
            && existing.secrets == game.secrets
    }

    pub(crate) fn record_play(
        &mut self,
        claim: &Claim,
        incoming: IncomingPlay<'_>,
    ) -> ChangeResult {
        let IncomingPlay {
            from,
            play,
            round,
            arrived_ms,
        } = incoming;
        self.change(&claim.game, |game| {
            let (changed, _) = game.play(from, play, round, arrived_ms).ok()?;
            (game.player(claim.seat) == from && changed != *game).then_some(changed)
        })
    }

    pub(crate) fn close_round(&mut self, timer: &RoundTimer) -> ChangeResult {
        self.change(&timer.game, |game| game.clock(timer).ok())
    }

    pub(crate) fn close_by_leaving(
        &mut self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> ChangeResult {
        self.change(game, |game| {
            let closed = game.close(CloseReason::by_leaving(seat))?;
            (game.player(seat) == player).then_some(closed)
        })
    }

    pub(crate) fn next_round(&mut self, now: &Game, next: &Game) -> ChangeResult {
        let result = self.change(&now.id, |game| {
            let [first, second] = game.plays;
            let is_equal = first.is_some() && first == second;
            let is_drawn = is_equal && game.closed_by() == Some(CloseReason::ByClock);
            (is_drawn && game.round_timer() == now.round_timer()).then(|| Game {
                round: next.round,
                deadline_ms: next.deadline_ms,
                plays: next.plays,
                closed: None,
                ..game.clone()
            })
        });
        match result {
            ChangeResult::No(stored) if stored.round_timer() == next.round_timer() => {
                ChangeResult::Yes(stored)
            }
            result => result,
        }
    }

    pub(crate) fn close_by_operator(&mut self, snapshot: &Game) -> ChangeResult {
        let closed = snapshot.ended_by_operator().closed;
        self.change(&snapshot.id, |game| {
            let is_unchanged = game.closed == snapshot.closed
                && (snapshot.closed_by().is_some() || !game.is_played())
                || game.closed == closed;
            (is_unchanged && game.round_timer() == snapshot.round_timer()).then(|| Game {
                closed,
                ..game.clone()
            })
        })
    }

    pub(crate) fn mark_absent(
        &mut self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> ChangeResult {
        self.change(game, |game| {
            let absent = game.with_absent(seat)?;
            (game.player(seat) == player).then_some(absent)
        })
    }

    pub(crate) fn take_seat(&mut self, takeover: Takeover<'_>) -> bool {
        let Takeover {
            from,
            is_claimed,
            to,
            claim,
            secret,
        } = takeover;
        let stored = self.games.get(&claim.game);
        let has_seat = |game: &&Game| game.player(claim.seat) == from;
        let moved = stored.filter(has_seat).and_then(|game| {
            let moved = game.with_resumed(secret, &to.id)?;
            (moved.player(claim.seat) == &to.id).then_some(moved)
        });
        let Some(moved) = moved else { return false };
        let old = self.connections.get(from).filter(|_| is_claimed);
        let old_claim = old.map(|old| old.claim.as_ref().map(|claim| &claim.game));
        if old_claim.is_some_and(|game| game != Some(&claim.game)) {
            return false;
        }
        let is_set = match self.claim_place(&to.id, claim, to.claim.as_ref()) {
            ClaimResult::Yes => true,
            ClaimResult::Conflict(_) | ClaimResult::NoConnection => false,
        };
        if is_set {
            self.games.insert(claim.game.clone(), moved);
            if is_claimed {
                self.connections.remove(from);
            }
        }
        is_set
    }

    pub(crate) fn remove_game(&mut self, game: &Game) -> Option<Game> {
        let stored = self.games.get(&game.id)?;
        if stored.players != game.players {
            return Some(stored.clone());
        }
        self.games.remove(&game.id);
        None
    }

    pub(crate) fn remove_open_game(&mut self, game: &Game) -> bool {
        let is_removable =
            |stored: &Game| stored.players == game.players && stored.closed_by().is_none();
        let removes = self.games.get(&game.id).is_none_or(is_removable);
        if removes {
            self.games.remove(&game.id);
        }
        removes
    }

    fn change(&mut self, id: &GameId, change: impl FnOnce(&Game) -> Option<Game>) -> ChangeResult {
        let Some(stored) = self.games.get_mut(id) else {
            return ChangeResult::NoGame;
        };
        let Some(changed) = change(stored) else {
            return ChangeResult::No(stored.clone());
        };
        stored.clone_from(&changed);
        ChangeResult::Yes(changed)
    }
}

fn entered(waiting: &Waiting, lobby: &Lobby) -> LobbyResult {
    if waiting.is_in(lobby) {
        LobbyResult::Yes(lobby.clone())
    } else {
        LobbyResult::No(lobby.clone())
    }
}
