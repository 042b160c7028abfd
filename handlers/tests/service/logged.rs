//! What the functions log that others count by.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use rps_contract::AllowedOrigins;
use rps_contract::log_metrics::CONNECTION_MINUTES;
use rps_handlers::inbound::websocket::connection;
use rps_handlers::time::System;
use rps_testkit::table::Table;
use serde_json::{Value, json};

use crate::support::world::Sockets;

/// Where the lines go.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The minutes that a connection tells which was open for so long.
async fn told(open_ms: u64) -> Value {
    let lines = Lines::default();
    let to = lines.clone();
    let log = tracing_subscriber::fmt()
        .json()
        .with_writer(move || to.clone())
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
    let players = Sockets::default();
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
    let lines = lines.0.lock().expect("lines").clone();
    let line: Value = serde_json::from_slice(&lines).expect("one line of JSON");
    assert_eq!(line["fields"]["message"], CONNECTION_MINUTES.line);
    line["fields"][CONNECTION_MINUTES.field.expect("a field")].clone()
}

#[tokio::test]
async fn a_connection_that_closes_tells_each_minute_that_it_began() {
    for (open_ms, minutes) in [(0, 1), (60_000, 1), (60_001, 2), (7_200_000, 120)] {
        assert_eq!(told(open_ms).await, minutes, "{open_ms}");
    }
}
