//! Names and numbers that the functions, the infrastructure, the local AWS and rpsctl share.

/// Longest a function may run, seconds. One second shorter than the default play window, so that a
/// round's message that meets no game is known to be an orphan at its first delivery.
pub const FUNCTION_TIMEOUT_S: u64 = 4;

/// Memory of a function, MB.
pub const FUNCTION_MEMORY_MB: u32 = 128;

/// How long a message stays invisible after a delivery, seconds: six times the function timeout, as
/// AWS advises for event source mappings.
pub const VISIBILITY_TIMEOUT_S: u32 = 24;

/// Deliveries after which SQS moves a message to the dead-letter queue. AWS advises at least 5.
pub const MAX_RECEIVE_COUNT: u32 = 5;

/// After this time a message has been delivered as often as it ever will be, milliseconds. What has still not
/// happened by then will not happen by itself: the message is a dead letter, or lost.
pub const LAST_DELIVERY_MS: u64 = MAX_RECEIVE_COUNT as u64 * VISIBILITY_TIMEOUT_S as u64 * 1000;

// The lease is the function timeout plus a second for clocks that disagree and requests still on the wire.
const _: () = assert!(rps_game::LEASE_MS >= FUNCTION_TIMEOUT_S * 1000 + 1000);

/// Longest life of a WebSocket connection, seconds (API Gateway quota: 2 hours).
pub const CONNECTION_LIFETIME_S: u64 = 2 * 60 * 60;

/// How long an item outlives all use of it before DynamoDB's TTL removes it, seconds. Only what a
/// crash and a lost `$disconnect` left behind together ever gets that old.
pub const TTL_SLACK_S: u64 = 60 * 60;

pub mod env {
    pub const TABLE: &str = "RPS_TABLE";
    /// The SQS queue that is the clock.
    pub const QUEUE_URL: &str = "RPS_QUEUE_URL";
    /// The players' socket: `wss://{api}.execute-api.{region}.amazonaws.com/{stage}`. `@connections`
    /// answers at the same place by `https`.
    pub const SOCKET_URL: &str = "RPS_SOCKET_URL";
    /// Seconds players have to play, 1 to 60. For `join-game`, and for `decide`, where games start of players
    /// who waited alone in their shard of the lobby.
    pub const PLAY_WINDOW_S: &str = "RPS_PLAY_WINDOW_S";
    /// Rounds after which a draw is final, 1 to 12. For the same two.
    pub const MAX_ROUNDS: &str = "RPS_MAX_ROUNDS";
    /// Lobby shards, 1 to 16. For `join-game`.
    pub const LOBBY_SHARDS: &str = "RPS_LOBBY_SHARDS";
    /// Origins that may connect, separated by commas; unset or `*` allows all.
    pub const ALLOWED_ORIGINS: &str = "RPS_ALLOWED_ORIGINS";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Function {
    /// `$connect`, `$disconnect` and `$default`.
    Connection,
    JoinGame,
    ReceivePlay,
    Decide,
}

impl Function {
    pub const ALL: [Self; 4] = [
        Self::Connection,
        Self::JoinGame,
        Self::ReceivePlay,
        Self::Decide,
    ];

    /// The name of the function, its executable and its log group's last part.
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// The alarms, by what follows the table's name and a hyphen in theirs.
pub const ALARMS: [&str; 7] = [
    "functions-failing",
    "functions-throttled",
    "rounds-late",
    "dead-letters",
    "table-throttled",
    "table-failing",
    "socket-failing",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub key: &'static str,
    pub function: Function,
    /// Whether what the function returns is sent to the player (a route response).
    pub responds: bool,
}

/// The routes of the WebSocket API, selected by `$request.body.action`.
pub const ROUTES: [Route; 5] = [
    Route {
        key: "$connect",
        function: Function::Connection,
        responds: false,
    },
    Route {
        key: "$disconnect",
        function: Function::Connection,
        responds: false,
    },
    Route {
        key: "$default",
        function: Function::Connection,
        responds: true,
    },
    Route {
        key: "join-game",
        function: Function::JoinGame,
        responds: true,
    },
    Route {
        key: "receive-play",
        function: Function::ReceivePlay,
        responds: true,
    },
];

/// What the key of a connection's item begins with; the connection's id follows.
pub const CONNECTION_KEY_PREFIX: &str = "C#";

/// What the key of a shard of the lobby begins with; its number, 0 to 15, follows.
pub const LOBBY_KEY_PREFIX: &str = "L#";

/// What the key of a game's item begins with; the game's id follows.
pub const GAME_KEY_PREFIX: &str = "G#";

pub mod attribute {
    pub const KEY: &str = "pk";
    /// The version of the item's or message's shape.
    pub const VERSION: &str = "v";
    /// When DynamoDB may delete the item, seconds since 1970.
    pub const TTL: &str = "ttl";
}
