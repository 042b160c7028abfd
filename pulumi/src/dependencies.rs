//! The resources that the functions use.

use crate::aws::dynamodb::Table;
use crate::program::{Handle, Program};
use crate::queues::{self, Queues};
use crate::settings::Settings;
use crate::table;
use crate::websocket::{self, WebSocketApi};

pub(crate) struct Dependencies {
    pub(crate) table: Handle<Table>,
    pub(crate) queues: Queues,
    pub(crate) websocket: WebSocketApi,
}

impl Dependencies {
    pub(crate) fn new(program: &mut Program, settings: &Settings) -> Self {
        Self {
            table: table::table(program, settings),
            queues: queues::queues(program),
            websocket: websocket::websocket(program, settings),
        }
    }
}
