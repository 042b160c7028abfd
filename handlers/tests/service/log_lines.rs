//! The log lines of connections: refusals, and the minutes that a metric filter reads.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use rps_contract::AllowedOrigins;
use rps_contract::log_metrics::CONNECTION_MINUTES;
use rps_handlers::inbound::admission::Admission;
use rps_handlers::inbound::websocket::connection;
use rps_handlers::time::System;
use rps_testkit::table::Table;
use serde_json::{Value, json};

use crate::support::simulation::SimulatedPlayers;

#[derive(Clone, Default)]
struct LogBuffer(Arc<Mutex<Vec<u8>>>);

impl Write for LogBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `connection`. Returns its status and the fields of its log lines.
async fn status_and_log(admission: &Admission, event: Value) -> (u16, Vec<Value>) {
    let buffer = LogBuffer::default();
    let writer = buffer.clone();
    let log = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    let table = Table::embedded().await;
    let event = serde_json::from_value(event).expect("an event");
    let guard = tracing::subscriber::set_default(log);
    let players = SimulatedPlayers::default();
    let answer = connection(&table.store, &players, &System, admission, &event).await;
    drop(guard);
    let bytes = buffer.0.lock().expect("lines").clone();
    let lines = serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>();
    let fields = lines.map(|line| line.expect("JSON")["fields"].clone());
    (answer.status_code, fields.collect())
}

fn everybody() -> Admission {
    Admission {
        accepts_players: true,
        blocked_cidrs: "192.0.2.0/24,2001:db8::/32".parse().expect("blocks"),
        allowed_origins: AllowedOrigins::All,
        logs_sources: false,
    }
}

#[tokio::test]
async fn a_closed_connection_logs_its_minutes_rounded_up() {
    for (open_ms, minutes) in [(0, 1), (60_000, 1), (60_001, 2), (7_200_000, 120)] {
        let opened_ms = 1_700_000_000_123_u64;
        let event = json!({ "requestContext": {
            "eventType": "DISCONNECT",
            "connectionId": "x",
            "connectedAt": opened_ms,
            "requestTimeEpoch": opened_ms + open_ms,
        }});
        let mut line = json!({ "message": CONNECTION_MINUTES.line });
        line[CONNECTION_MINUTES.field.expect("a field")] = minutes.into();
        let logged = status_and_log(&everybody(), event).await;
        assert_eq!(logged, (200, vec![line]), "{open_ms}");
    }
}

#[tokio::test]
async fn a_refused_player_gets_a_status_and_the_log_says_why() {
    let (blocked, elsewhere) = ("::ffff:192.0.2.7", "https://elsewhere.example");
    let is_closed = Admission {
        accepts_players: false,
        ..everybody()
    };
    let only_own_page = Admission {
        allowed_origins: "https://rps.example".parse().expect("an origin"),
        ..everybody()
    };
    for (mut admission, source, status, line) in [
        (is_closed, blocked, 503, Some("the game is closed")),
        (everybody(), blocked, 403, Some("its address is blocked")),
        (
            everybody(),
            "2001:db8::7",
            403,
            Some("its address is blocked"),
        ),
        (
            only_own_page,
            "198.51.100.7",
            403,
            Some("its origin is not allowed"),
        ),
        (everybody(), "198.51.100.7", 200, None),
        (everybody(), "2001:db9::7", 200, None),
    ] {
        for logs_sources in [false, true] {
            admission.logs_sources = logs_sources;
            let event = json!({
                "headers": { "origin": elsewhere },
                "requestContext": {
                    "eventType": "CONNECT",
                    "connectionId": "x",
                    "connectedAt": 1,
                    "requestTimeEpoch": 1,
                    "identity": { "sourceIp": source },
                },
            });
            let refused = line.map(|why| format!("refused a connection: {why}"));
            let expected = match (refused, logs_sources) {
                (Some(line), false) => vec![json!({ "message": line })],
                (Some(line), true) => vec![json!({ "message": line, "source": source })],
                (None, false) => vec![],
                (None, true) => vec![json!({ "message": "connection opened", "source": source })],
            };
            assert_eq!(
                status_and_log(&admission, event).await,
                (status, expected),
                "{source}"
            );
        }
    }
}
