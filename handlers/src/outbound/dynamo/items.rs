//! The items' attributes. Each name occurs here and in the expressions that use it, nowhere else.

use std::collections::BTreeMap;

use rps_contract::names::{
    CONNECTION_KEY_PREFIX, CONNECTION_LIFETIME_S, GAME_KEY_PREFIX, TTL_SLACK_S, lobby_key,
};
use rps_game::{
    Claim, CloseReason, Connection, ConnectionId, Game, GameId, House, JoinId, Lobby, Play,
    Presence, ROOMS_SINCE, Room, Rules, Seat, SeatSecret, VERSION,
};
use serde::{Deserialize, Serialize};

pub(super) fn connection_key(id: &ConnectionId) -> String {
    format!("{CONNECTION_KEY_PREFIX}{id}")
}

pub(super) fn game_key(id: &GameId) -> String {
    format!("{GAME_KEY_PREFIX}{id}")
}

/// The TTL of an item created at `now_ms`, seconds since 1970.
pub(super) fn ttl(now_ms: u64) -> u64 {
    now_ms / 1000 + CONNECTION_LIFETIME_S + TTL_SLACK_S
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConnectionItem {
    pk: String,
    v: u32,
    connected_at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    game: Option<GameId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat: Option<Seat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_by: Option<JoinId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_at_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<Room>,
    ttl: u64,
}

impl From<&Connection> for ConnectionItem {
    fn from(connection: &Connection) -> Self {
        let claim = connection.claim.as_ref();
        Self {
            pk: connection_key(&connection.id),
            v: VERSION,
            connected_at_ms: connection.connected_at_ms,
            game: claim.map(|claim| claim.game.clone()),
            seat: claim.map(|claim| claim.seat),
            claimed_by: claim.map(|claim| claim.by.clone()),
            claimed_at_ms: claim.map(|claim| claim.at_ms),
            room: claim.and_then(|claim| claim.room.clone()),
            ttl: ttl(connection.connected_at_ms),
        }
    }
}

impl ConnectionItem {
    pub(super) fn claim(&self) -> Option<Claim> {
        let (game, by) = (self.game.clone()?, self.claimed_by.clone()?);
        Some(Claim {
            game,
            seat: self.seat?,
            by,
            at_ms: self.claimed_at_ms?,
            room: self.room.clone(),
        })
    }

    pub(super) fn into_connection(self, id: ConnectionId) -> Connection {
        let claim = self.claim();
        Connection {
            id,
            connected_at_ms: self.connected_at_ms,
            claim,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LobbyItem {
    pk: String,
    v: u32,
    places: BTreeMap<ConnectionId, GameId>,
    ttl: u64,
}

impl LobbyItem {
    pub(super) fn new(lobby: &Lobby, now_ms: u64) -> Self {
        Self {
            pk: lobby_key(lobby.room.as_ref()),
            v: lobby.room.as_ref().map_or(VERSION, |_| ROOMS_SINCE),
            places: lobby.places.clone(),
            ttl: ttl(now_ms),
        }
    }

    pub(super) fn into_lobby(self, room: Option<Room>) -> Lobby {
        Lobby {
            room,
            places: self.places,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GameItem {
    pk: String,
    v: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<Room>,
    player_1: ConnectionId,
    player_2: ConnectionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    house: Option<House>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_1: Option<SeatSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_2: Option<SeatSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_1: Option<Presence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_2: Option<Presence>,
    window_s: u8,
    max_rounds: u8,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    decide_early: bool,
    /// `None` in a game of an earlier release.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at_ms: Option<u64>,
    round: u32,
    deadline_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    play_1: Option<Play>,
    #[serde(skip_serializing_if = "Option::is_none")]
    play_2: Option<Play>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<CloseReason>,
    ttl: u64,
}

impl From<&Game> for GameItem {
    fn from(game: &Game) -> Self {
        let [player_1, player_2] = game.players.clone();
        let [seat_1, seat_2] = game.secrets.clone();
        let [presence_1, presence_2] = game.presence;
        let [play_1, play_2] = game.plays;
        Self {
            pk: game_key(&game.id),
            v: game.v,
            room: game.room.clone(),
            player_1,
            player_2,
            house: game.house,
            seat_1,
            seat_2,
            presence_1,
            presence_2,
            window_s: game.rules.window_s(),
            max_rounds: game.rules.max_rounds(),
            decide_early: game.rules.decide_early(),
            started_at_ms: Some(game.started_at_ms),
            round: game.round,
            deadline_ms: game.deadline_ms,
            play_1,
            play_2,
            closed: game.closed,
            ttl: ttl(game.deadline_ms),
        }
    }
}

impl GameItem {
    pub(super) fn into_game(self, id: GameId) -> Game {
        // The functions never store invalid rules. The default rules still end such a game.
        let rules = Rules::new(self.window_s, self.max_rounds).unwrap_or_default();
        let rules = rules.deciding_early(self.decide_early);
        let round_began_at_ms = self.deadline_ms.saturating_sub(rules.window_ms());
        Game {
            v: self.v,
            id,
            room: self.room,
            players: [self.player_1, self.player_2],
            house: self.house,
            secrets: [self.seat_1, self.seat_2],
            presence: [self.presence_1, self.presence_2],
            rules,
            started_at_ms: self.started_at_ms.unwrap_or(round_began_at_ms),
            round: self.round,
            deadline_ms: self.deadline_ms,
            plays: [self.play_1, self.play_2],
            closed: self.closed,
        }
    }
}

pub(super) fn player_attribute(seat: Seat) -> &'static str {
    match seat {
        Seat::First => "player_1",
        Seat::Second => "player_2",
    }
}

pub(super) fn secret_attribute(seat: Seat) -> &'static str {
    match seat {
        Seat::First => "seat_1",
        Seat::Second => "seat_2",
    }
}

pub(super) fn presence_attribute(seat: Seat) -> &'static str {
    match seat {
        Seat::First => "presence_1",
        Seat::Second => "presence_2",
    }
}

pub(super) fn play_attribute(seat: Seat) -> &'static str {
    match seat {
        Seat::First => "play_1",
        Seat::Second => "play_2",
    }
}
