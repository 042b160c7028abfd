//! Names and numbers that the functions, the infrastructure, the local AWS and rpsctl share.

use rps_game::Room;

/// Timeout of a function, seconds. One second shorter than the default play window: at its first
/// delivery, a round timer without a game is certainly obsolete.
pub const FUNCTION_TIMEOUT_S: u64 = 4;

/// Memory of a function, MB.
pub const FUNCTION_MEMORY_MB: u32 = 128;

/// SQS visibility timeout, seconds: six times the function timeout, as AWS advises for event source
/// mappings.
pub const VISIBILITY_TIMEOUT_S: u32 = 24;

/// SQS moves a message to the dead-letter queue after this many receives, by `decide` or by an operator.
/// Each failed delivery takes one visibility timeout, so a round timer outlasts 20 minutes of throttling.
pub const MAX_RECEIVE_COUNT: u32 = 50;

/// Upper bound for the deliveries of a message, seconds: 20 minutes.
pub const DELIVERIES_S: u32 = MAX_RECEIVE_COUNT * VISIBILITY_TIMEOUT_S;

// The lease adds one second to the function timeout for clock skew and requests in transit.
const _: () = assert!(rps_game::LEASE_MS >= FUNCTION_TIMEOUT_S * 1000 + 1000);

/// Maximum lifetime of a WebSocket connection, seconds (API Gateway quota: 2 hours).
pub const CONNECTION_LIFETIME_S: u64 = 2 * 60 * 60;

/// DynamoDB's TTL removes an item this long after its last possible use, seconds. An item gets that
/// old only if a function crashed and the `$disconnect` was lost too.
pub const TTL_SLACK_S: u64 = 60 * 60;

// The last delivery of a round timer must still find its game.
const _: () = assert!(TTL_SLACK_S > DELIVERIES_S as u64);

/// Retention period of the queue, seconds: 4 days, SQS's default. If the event source mapping is paused for
/// longer, games lose their timers and become stuck.
pub const RETENTION_S: u32 = 4 * 24 * 60 * 60;

// SQS deletes an expired message, so it must become a dead letter before.
const _: () = assert!(RETENTION_S > DELIVERIES_S);

/// Retention period of dead letters, seconds: 14 days, SQS's maximum.
pub const DEAD_LETTER_RETENTION_S: u32 = 14 * 24 * 60 * 60;

pub mod env {
    pub const TABLE: &str = "RPS_TABLE";
    /// The SQS queue that delivers round timers and rebalance messages.
    pub const QUEUE_URL: &str = "RPS_QUEUE_URL";
    /// The players' WebSocket URL: `wss://{api}.execute-api.{region}.amazonaws.com/{stage}`. The
    /// `@connections` API has the same address with `https`.
    pub const SOCKET_URL: &str = "RPS_SOCKET_URL";
    /// Seconds to play in each round, 1 to 60. Read by `join-game`, and by `decide`, which starts games
    /// when it rebalances the lobby.
    pub const PLAY_WINDOW_S: &str = "RPS_PLAY_WINDOW_S";
    /// Maximum number of rounds, 1 to 12. Read by `join-game` and `decide`.
    pub const MAX_ROUNDS: &str = "RPS_MAX_ROUNDS";
    /// `true` or `false`: whether the second play ends a round early. Unset means `false`. Read by `join-game` and
    /// `decide`.
    pub const DECIDE_EARLY: &str = "RPS_DECIDE_EARLY";
    /// Limit of the lobby's places, 1 to 28. Unset means 28. Read by `join-game`.
    pub const LOBBY_PLACES: &str = "RPS_LOBBY_PLACES";
    /// Allowed web origins, separated by commas. Unset or `*` allows all.
    pub const ALLOWED_ORIGINS: &str = "RPS_ALLOWED_ORIGINS";
    /// CIDR blocks whose players may not connect, separated by commas. Unset blocks nobody.
    pub const BLOCKED_CIDRS: &str = "RPS_BLOCKED_CIDRS";
    /// `true` or `false`: whether players may connect. Unset means `true`.
    pub const ACCEPT_PLAYERS: &str = "RPS_ACCEPT_PLAYERS";
    /// `true` or `false`: whether `connection` logs the IP address of each new connection. Unset means `false`.
    pub const LOG_SOURCE_ADDRESSES: &str = "RPS_LOG_SOURCE_ADDRESSES";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Function {
    /// Handles `$connect`, `$disconnect` and `$default`.
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

    /// The name of the executable, and the end of the function's and the log group's names.
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// Alarm names without their prefix: the table's name and a hyphen.
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
    /// API Gateway sends the function's response to the player (a route response).
    pub responds: bool,
}

/// The routes of the WebSocket API, selected by `$request.body.action`.
pub const ROUTES: [Route; 6] = [
    Route {
        key: "$connect",
        function: Function::Connection,
        responds: false,
    },
    Route {
        key: "$default",
        function: Function::Connection,
        responds: true,
    },
    Route {
        key: "$disconnect",
        function: Function::Connection,
        responds: false,
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
    Route {
        key: "resume-game",
        function: Function::JoinGame,
        responds: true,
    },
];

/// The default of the settings `rateLimit` and `burstLimit`.
pub const DEFAULT_REQUEST_LIMIT: u32 = 50;

/// A route's share of a limit on all requests, which must be at least 5. Few connections break, so resumes get a tenth. A
/// game takes equal numbers of connects, joins and plays, so each of these routes gets a third of the rest, and a flood of
/// joins throttles no play. `$disconnect` gets the whole limit: a connect has paid for it, and without it a game ends
/// later.
pub fn route_limit(route_key: &str, limit: u32) -> u32 {
    let resumes = (limit / 10).max(1);
    match route_key {
        "$disconnect" => limit,
        "$default" => 1,
        "resume-game" => resumes,
        _ => (limit.saturating_sub(1 + resumes) / 3).max(1),
    }
}

/// Key prefix of connection items; the connection's id follows.
pub const CONNECTION_KEY_PREFIX: &str = "C#";

/// The key of the lobby.
pub const LOBBY_KEY: &str = "L#places";

/// Key prefix of rooms; the room's code follows.
pub const ROOM_KEY_PREFIX: &str = "R#";

/// The key of a room, or of the lobby.
pub fn lobby_key(room: Option<&Room>) -> String {
    match room {
        Some(room) => format!("{ROOM_KEY_PREFIX}{room}"),
        None => LOBBY_KEY.to_owned(),
    }
}

/// The functions of an earlier release have other lobby items. While it is being replaced, they need them.
const LOBBY_KEY_PREFIX: &str = "L#";

/// Key prefix of game items; the game's id follows.
pub const GAME_KEY_PREFIX: &str = "G#";

/// The key prefixes of all items that the functions may read and write.
pub const KEY_PREFIXES: [&str; 4] = [
    CONNECTION_KEY_PREFIX,
    LOBBY_KEY_PREFIX,
    ROOM_KEY_PREFIX,
    GAME_KEY_PREFIX,
];

pub mod attribute {
    pub const KEY: &str = "pk";
    /// The format version of the item or message.
    pub const VERSION: &str = "v";
    /// When DynamoDB may delete the item, seconds since 1970.
    pub const TTL: &str = "ttl";
}
