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

/// Returns an action's result and the fields of its log lines.
pub(crate) async fn log_of<T>(action: impl Future<Output = T>) -> (T, Vec<Value>) {
    let buffer = LogBuffer::default();
    let writer = buffer.clone();
    let log = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(log);
    let result = action.await;
    drop(guard);
    let bytes = buffer.0.lock().expect("lines").clone();
    let lines = serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>();
    let fields = lines.map(|line| line.expect("JSON")["fields"].clone());
    (result, fields.collect())
}

/// Runs `connection`. Returns its status and the fields of its log lines.
async fn status_and_log(admission: &Admission, event: Value) -> (u16, Vec<Value>) {
    let table = Table::embedded().await;
    let event = serde_json::from_value(event).expect("an event");
    let players = SimulatedPlayers::default();
    let answer = connection(&table.store, &players, &System, admission, &event);
    let (answer, log) = log_of(answer).await;
    (answer.status_code, log)
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

/// A page of elsewhere.example connects from this IP address.
fn connect_event(source: &str) -> Value {
    json!({
        "headers": { "Origin": "https://elsewhere.example" },
        "requestContext": {
            "eventType": "CONNECT",
            "connectionId": "x",
            "connectedAt": 1,
            "requestTimeEpoch": 1,
            "identity": { "sourceIp": source },
        },
    })
}

#[tokio::test]
async fn a_refused_player_gets_a_status_and_the_log_says_why() {
    let closed = Admission {
        accepts_players: false,
        ..everybody()
    };
    let own_page = Admission {
        allowed_origins: "https://rps.example".parse().expect("an origin"),
        ..everybody()
    };
    let is_blocked = Some("its address is blocked");
    for (mut admission, source, status, why) in [
        (closed, "192.0.2.7", 503, Some("the game is closed")),
        (everybody(), "::ffff:192.0.2.7", 403, is_blocked),
        (everybody(), "2001:db8::7", 403, is_blocked),
        (own_page, "::1", 403, Some("its origin is not allowed")),
        (everybody(), "198.51.100.7", 200, None),
        (everybody(), "2001:db9::7", 200, None),
    ] {
        let refusal = why.map(|why| format!("refused a connection: {why}"));
        let lines = refusal.iter().map(|line| json!({ "message": line }));
        let expected = (status, lines.collect());
        let logged = status_and_log(&admission, connect_event(source)).await;
        assert_eq!(logged, expected, "{source}");

        admission.logs_sources = true;
        let line = refusal.unwrap_or_else(|| "connection opened".to_owned());
        let line = json!({ "message": line, "source": source });
        let logged = status_and_log(&admission, connect_event(source)).await;
        assert_eq!(logged, (status, vec![line]), "{source}");
    }
}
