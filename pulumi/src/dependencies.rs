//! The resources that the functions use.

use crate::aws::dynamodb::Table;
use crate::page::{self, Page};
use crate::program::{Handle, Program, Text};
use crate::queues::{self, Queues};
use crate::settings::Settings;
use crate::table;
use crate::websocket::{self, WebSocketApi};

pub(crate) struct Dependencies {
    pub(crate) table: Handle<Table>,
    pub(crate) queues: Queues,
    pub(crate) websocket: WebSocketApi,
    /// The players' page, if the stack serves it.
    pub(crate) page: Option<Page>,
    pub(crate) region: Text,
    /// The id of the AWS account.
    pub(crate) account: Text,
}

impl Dependencies {
    pub(crate) fn new(program: &mut Program, settings: &Settings) -> Self {
        let table = table::table(program, settings);
        let region = program.part_of_arn("region", &table.arn(), 3);
        let account = program.part_of_arn("account", &table.arn(), 4);
        let websocket = websocket::websocket(program);
        let page = settings
            .site
            .then(|| page::page(program, settings, &websocket, &region));
        Self {
            table,
            queues: queues::queues(program),
            websocket,
            page,
            region,
            account,
        }
    }
}
