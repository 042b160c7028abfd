//! The resources that the functions use.

use serde_json::json;

use crate::aws::dynamodb::Table;
use crate::program::{Handle, Program, Text};
use crate::queues::{self, Queues};
use crate::settings::Settings;
use crate::table;
use crate::websocket::{self, WebSocketApi};

pub(crate) struct Dependencies {
    pub(crate) region: Text,
    pub(crate) table: Handle<Table>,
    pub(crate) queues: Queues,
    pub(crate) websocket: WebSocketApi,
}

impl Dependencies {
    pub(crate) fn new(program: &mut Program, settings: &Settings) -> Self {
        let table = table::table(program, settings);
        // arn:aws:dynamodb:REGION:ACCOUNT:table/NAME
        let parts = json!({ "fn::split": [":", table.arn()] });
        Self {
            region: program.variable("region", json!({ "fn::select": [3, parts] })),
            table,
            queues: queues::queues(program),
            websocket: websocket::websocket(program, settings),
        }
    }
}
