//! The log lines that metric filters read.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use rps_contract::AllowedOrigins;
use rps_contract::log_metrics::CONNECTION_MINUTES;
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

/// Closes a connection that was open for `open_ms`, and returns the logged minutes.
async fn logged_minutes(open_ms: u64) -> Value {
    let buffer = LogBuffer::default();
    let writer = buffer.clone();
    let log = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    let table = Table::embedded().await;
    let opened_ms = 1_700_000_000_123_u64;
    let event = json!({ "requestContext": {
        "eventType": "DISCONNECT",
        "connectionId": "x",
        "connectedAt": opened_ms,
        "requestTimeEpoch": opened_ms + open_ms,
    }});
    let event = serde_json::from_value(event).expect("an event");
    let guard = tracing::subscriber::set_default(log);
    let players = SimulatedPlayers::default();
    let answer = connection(
        &table.store,
        &players,
        &System,
        &AllowedOrigins::All,
        &event,
    )
    .await;
    drop(guard);
    assert_eq!(answer.status_code, 200);
    let bytes = buffer.0.lock().expect("lines").clone();
    let line: Value = serde_json::from_slice(&bytes).expect("one line of JSON");
    assert_eq!(line["fields"]["message"], CONNECTION_MINUTES.line);
    line["fields"][CONNECTION_MINUTES.field.expect("a field")].clone()
}

#[tokio::test]
async fn a_closed_connection_logs_its_minutes_rounded_up() {
    for (open_ms, minutes) in [(0, 1), (60_000, 1), (60_001, 2), (7_200_000, 120)] {
        assert_eq!(logged_minutes(open_ms).await, minutes, "{open_ms}");
    }
}
