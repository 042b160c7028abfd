//! What the functions depend on.

use crate::aws::dynamodb::Table;
use crate::program::{Handle, Program};
use crate::queues::{self, Queues};
use crate::settings::Settings;
use crate::socket::{self, Socket};
use crate::table;

pub(crate) struct Dependencies {
    pub(crate) table: Handle<Table>,
    pub(crate) queues: Queues,
    pub(crate) socket: Socket,
}

impl Dependencies {
    pub(crate) fn new(program: &mut Program, settings: &Settings) -> Self {
        Self {
            table: table::table(program, settings),
            queues: queues::queues(program),
            socket: socket::socket(program, settings),
        }
    }
}
