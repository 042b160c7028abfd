use futures_util::Stream;
use rps_handlers::time::now_ms;
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{Global, ListConnectionsArgs};
use crate::commands::connections::filter::Filter;
use crate::commands::connections::look::{Found, Look};
use crate::commands::connections::row::{Row, table};
use crate::commands::list::{self, List};
use crate::exit::{Exit, Failure};
use crate::words::place_name;

struct Connections<'a> {
    deployment: &'a Deployment,
    filter: Filter,
    limit: u32,
}

pub(super) async fn run(args: &ListConnectionsArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = &Deployment::reach(global.target.required()?).await?;
    let connections = Connections {
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

impl List for Connections<'_> {
    type Item = Found;

    async fn find(&self) -> Result<impl Stream<Item = Result<Found, Failure>>, Failure> {
        let look = Look::begin(self.deployment, self.filter).await?;
        Ok(look.connections())
    }

    fn limit(&self) -> u32 {
        self.limit
    }

    fn row(&self, found: &Found) -> impl Serialize {
        Row::new(&found.seen, &found.socket)
    }

    fn sort(&self, connections: &mut [Found]) {
        connections.sort_by_key(|found| found.seen.connection.connected_at_ms);
    }

    fn table(&self, connections: &[Found]) -> String {
        table(connections, self.filter != Filter::All, now_ms()).to_string()
    }

    fn head(&self, connections: &[Found]) -> String {
        let places = ["idle", "joining", "waiting", "playing"].map(|place| {
            let here = connections
                .iter()
                .filter(|it| place_name(&it.seen.place) == place);
            format!("{} {place}", here.count())
        });
        format!("{} connections: {}", connections.len(), places.join(", "))
    }

    fn nothing(&self) -> &'static str {
        self.filter.nobody()
    }
}
