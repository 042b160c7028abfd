//! What a game of two players and one round uses. A test compares it with the local AWS's meter. docs/costs.md shows it,
//! and docs/scaling.md is computed from it.

pub const CONNECTIONS: f64 = 2.0;
pub const CONNECTION_MINUTES: f64 = 2.0;
/// In both directions.
pub const MESSAGES: f64 = 11.0;
pub const INVOCATIONS: f64 = 9.0;
pub const WRITE_UNITS: f64 = 12.0;
pub const READ_UNITS: f64 = 6.0;
/// Of a game in a room: its waiting player claims the game, so that its leave finds the room.
pub const ROOM_WRITE_UNITS: f64 = 13.0;
pub const ROOM_READ_UNITS: f64 = 7.5;
/// Of a game in which a player resumes once, while its earlier connection is open.
pub const RESUMED_WRITE_UNITS: f64 = 19.0;
pub const RESUMED_READ_UNITS: f64 = 12.0;
pub const RESUMED_MESSAGES: f64 = 14.0;
/// Of a game against the house.
pub const HOUSE_WRITE_UNITS: f64 = 6.0;
pub const HOUSE_READ_UNITS: f64 = 3.0;
pub const HOUSE_MESSAGES: f64 = 5.0;
pub const HOUSE_INVOCATIONS: f64 = 5.0;
pub const SQS_REQUESTS: f64 = 3.0;
/// Measured on two cores, not on Lambda. The meter's test does not check it.
pub const GB_SECONDS: f64 = 0.0088;
/// Rounded up.
pub const LOG_BYTES: f64 = 1_000.0;
/// Without WebSocket and TLS. The meter's test does not check it.
pub const BYTES_TO_PLAYERS: f64 = 779.0;
