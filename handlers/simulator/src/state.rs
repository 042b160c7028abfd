//! The state of the queue, the sockets and the players, and what the players were told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use rps_game::{ClientMessage, ConnectionId, GameId, Play, Room, Seat, SeatSecret, ServerMessage};

use crate::executor::TaskId;
use crate::stream::Stream;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    OnePlacePerConnection = 1,
    NobodyWaitsForever = 2,
    RoundsAreDecidedOnce = 3,
    EveryGameEnds = 4,
    SameTruthForBoth = 5,
    NothingRemains = 6,
    StateHeals = 7,
    NoInputFailsAFunction = 8,
    CostPerGame = 9,
}

/// A round without further plays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClosedRound {
    pub(crate) plays: [Option<Play>; 2],
    /// `decide` may decide it then, milliseconds since 1970.
    pub(crate) due_ms: u64,
}

/// What the players were told, and what it must agree with.
#[derive(Default)]
pub(crate) struct Truth {
    /// The only game that a connection may ever hear about.
    pub(crate) game_of: BTreeMap<ConnectionId, GameId>,
    /// The rooms in which a connection has joined. `None`: without a room.
    pub(crate) rooms: BTreeMap<ConnectionId, BTreeSet<Option<Room>>>,
    /// Joins that run.
    joins: BTreeMap<ConnectionId, u32>,
    /// Connections that joined while another join of theirs ran.
    joins_twice: BTreeSet<ConnectionId>,
    /// Where a connection waits, by the answer to its last join.
    pub(crate) waits_in: BTreeMap<ConnectionId, Option<Room>>,
    pub(crate) endings: BTreeMap<ConnectionId, ServerMessage>,
    /// How often a player was told the end.
    pub(crate) repeats: BTreeMap<ConnectionId, u32>,
    pub(crate) receivers: BTreeMap<GameId, BTreeSet<ConnectionId>>,
    pub(crate) closed: BTreeMap<(GameId, u32), ClosedRound>,
    pub(crate) players: BTreeMap<GameId, [ConnectionId; 2]>,
    /// The seats of all games, by their secrets.
    pub(crate) secrets: HashMap<(GameId, SeatSecret), Seat>,
    /// The seats of connections that began a game, or proved with the secret that a seat is theirs.
    pub(crate) seats: BTreeMap<(GameId, ConnectionId), Seat>,
    /// Connections whose seat another connection took.
    pub(crate) replaced: BTreeSet<ConnectionId>,
    pub(crate) resumes: u32,
    /// Games whose timer arrived before them.
    pub(crate) lost_timers: BTreeSet<GameId>,
    /// Games that AWS stored after their deadline, or again after their end.
    pub(crate) late_games: BTreeSet<GameId>,
    /// Confirmed plays, and the connections that sent them, by game, seat and round.
    pub(crate) confirmed: BTreeMap<(GameId, usize, u32), (Play, ConnectionId)>,
    /// Connections that an operator disconnects: they are not told a result.
    pub(crate) by_operator: BTreeSet<ConnectionId>,
    pub(crate) ended_by_operator: BTreeSet<GameId>,
    /// Calls to AWS.
    pub(crate) calls: u64,
    pub(crate) games: u32,
}

#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) messages: Vec<QueueMessage>,
    pub(crate) is_paused: bool,
}

#[derive(Clone)]
pub(crate) struct QueueMessage {
    pub(crate) body: String,
    /// For the story.
    pub(crate) name: String,
    /// The release that sent it is newer than its readers.
    pub(crate) is_new: bool,
    pub(crate) stream: Stream,
    /// The stream of an invocation that certainly ends before this message's delay does.
    pub(crate) outlasts: Option<u64>,
    pub(crate) receives: u32,
    pub(crate) visible_at_us: u64,
    pub(crate) state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Deleted,
    DeadLetter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SocketState {
    /// `$connect` is running, or has failed.
    Connecting,
    Open,
    Closed,
}

pub(crate) struct Socket {
    pub(crate) stream: Stream,
    pub(crate) connected_at_ms: u64,
    pub(crate) state: SocketState,
    pub(crate) belief: Belief,
    /// The write of its `$connect` took effect again, later.
    pub(crate) is_reopened: bool,
    /// A `$disconnect` removed the connection.
    pub(crate) has_left: bool,
    /// The WebSocket close code.
    pub(crate) close_code: u16,
    /// Arrival times and frames.
    pub(crate) inbox: Vec<(u64, Frame)>,
    pub(crate) frames: u64,
    pub(crate) reader: Option<TaskId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    Message(ServerMessage),
    /// API Gateway's own error.
    Failure,
    Closed,
}

/// What a player believes, from its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Belief {
    /// No answer yet.
    Joining,
    Waiting,
    /// `already-in-a-game`, without a start.
    InSomeGame,
    Playing,
    Over,
    /// The connection is closed, or the player no longer reads.
    Gone,
}

impl Truth {
    /// A join begins.
    pub(crate) fn note_join(&mut self, id: &ConnectionId, frame: &str) {
        if let Ok(ClientMessage::JoinGame { room, .. }) = ClientMessage::parse(frame) {
            let joins = self.joins.entry(id.clone()).or_default();
            if *joins > 0 {
                self.joins_twice.insert(id.clone());
            }
            *joins += 1;
            self.waits_in.remove(id);
            self.rooms.entry(id.clone()).or_default().insert(room);
        }
    }

    /// A join ends with this answer.
    pub(crate) fn note_answer(&mut self, id: &ConnectionId, frame: &str, answer: Option<&str>) {
        let Ok(ClientMessage::JoinGame { room, .. }) = ClientMessage::parse(frame) else {
            return;
        };
        let joins = self.joins.entry(id.clone()).or_default();
        // A join that dies may have an effect later, so it never ends.
        *joins -= u32::from(answer.is_some());
        let waiting = ServerMessage::Waiting {}.to_frame();
        if answer == Some(&*waiting) && !self.joins_twice.contains(id) {
            self.waits_in.insert(id.clone(), room);
        }
    }

    /// Hashes everything that later checks depend on.
    pub(crate) fn hash_into(&self, hasher: &mut impl Hasher) {
        (&self.game_of, &self.endings, &self.receivers).hash(hasher);
        (&self.closed, &self.players, &self.confirmed).hash(hasher);
        (&self.late_games, &self.lost_timers).hash(hasher);
        (&self.seats, &self.replaced).hash(hasher);
    }
}

impl Socket {
    pub(crate) fn is_open(&self) -> bool {
        self.state == SocketState::Open
    }
}
