use futures_util::Stream;
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{Global, ListConnectionsArgs};
use crate::commands::Outlook;
use crate::commands::connections::filter::Filter;
use crate::commands::connections::lookup::{ConnectionEntry, ConnectionScan};
use crate::commands::connections::row::{ConnectionRow, table};
use crate::commands::list::{self, List};
use crate::exit::{Exit, Failure};
use crate::words::position_name;

struct ConnectionList<'a> {
    deployment: &'a Deployment,
    filter: Filter,
    limit: u32,
}

pub(super) async fn run(args: &ListConnectionsArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = &Deployment::reach(global.target.required()?).await?;
    let connections = ConnectionList {
        deployment,
        filter: match args.idle_for {
            Some(time) => Filter::IdleFor(time),
            None if args.stale => Filter::Stale,
            None => Filter::All,
        },
        limit: args.limit,
    };
    let watch = args.watch.then_some(args.every);
    list::run(&connections, watch, deployment, global).await
}

impl List for ConnectionList<'_> {
    type Item = ConnectionEntry;

    async fn scan(&self) -> Result<impl Stream<Item = Result<ConnectionEntry, Failure>>, Failure> {
        let scan = ConnectionScan::begin(self.deployment, self.filter).await?;
        Ok(scan.connections())
    }

    fn limit(&self) -> u32 {
        self.limit
    }

    fn row(&self, entry: &ConnectionEntry, _: &Outlook<'_>) -> impl Serialize {
        ConnectionRow::new(&entry.snapshot, &entry.socket)
    }

    fn sort(&self, connections: &mut [ConnectionEntry]) {
        connections.sort_by_key(|entry| entry.snapshot.connection.connected_at_ms);
    }

    fn table(&self, connections: &[ConnectionEntry], outlook: &Outlook<'_>) -> String {
        table(connections, self.filter != Filter::All, outlook.now_ms).to_string()
    }

    fn head(&self, connections: &[ConnectionEntry], _: &Outlook<'_>) -> String {
        let counts = ["idle", "joining", "waiting", "playing"].map(|name| {
            let count = connections
                .iter()
                .filter(|entry| position_name(&entry.snapshot.place) == name)
                .count();
            format!("{count} {name}")
        });
        format!("{} connections: {}", connections.len(), counts.join(", "))
    }

    fn empty_note(&self) -> &'static str {
        self.filter.empty_note()
    }
}
