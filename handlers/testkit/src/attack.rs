//! What attacks use. A test compares these units with the local AWS's meter, and docs/costs.md shows their cost.

/// One step of an attack, which the attacker repeats.
pub struct Attack {
    pub name: &'static str,
    /// The requests that the stage's rate limit counts: connects, and messages from players.
    pub requests: f64,
    pub messages: f64,
    pub connection_minutes: f64,
    pub invocations: f64,
    pub write_units: f64,
    pub read_units: f64,
    pub sqs_requests: f64,
    /// Rounded up.
    pub log_bytes: f64,
}

/// The size of a message that costs most: it is billed as four messages of 32 KB.
pub const LONG_MESSAGE: usize = 128 * 1024;

pub const CONNECT: Attack = Attack {
    name: "connect and close",
    requests: 1.0,
    messages: 0.0,
    connection_minutes: 1.0,
    invocations: 2.0,
    write_units: 2.0,
    read_units: 1.5,
    sqs_requests: 0.0,
    log_bytes: 200.0,
};

pub const LEAVE: Attack = Attack {
    name: "two players join; one leaves the game",
    requests: 4.0,
    messages: 12.0,
    connection_minutes: 2.0,
    invocations: 7.0,
    write_units: 13.0,
    read_units: 8.0,
    sqs_requests: 3.0,
    log_bytes: 1_100.0,
};

pub const DRAW: Attack = Attack {
    name: "two players join, and draw five rounds",
    requests: 14.0,
    messages: 71.0,
    connection_minutes: 2.0,
    invocations: 21.0,
    write_units: 24.0,
    read_units: 16.0,
    sqs_requests: 15.0,
    log_bytes: 2_000.0,
};

/// A message keeps its connection open until the idle timeout, ten minutes later.
pub const HOLD: Attack = Attack {
    name: "keep a connection open by a message every ten minutes",
    requests: 1.0,
    messages: 5.0,
    connection_minutes: 10.0,
    invocations: 1.0,
    write_units: 0.0,
    read_units: 1.0,
    sqs_requests: 0.0,
    log_bytes: 1.0,
};
