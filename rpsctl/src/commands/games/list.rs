use futures_util::{Stream, TryStreamExt, future};
use rps_contract::stuck;
use rps_game::Game;
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{GameFilter, Global, WatchInterval};
use crate::commands::Outlook;
use crate::commands::games::row::{GameRow, table};
use crate::commands::list::{self, List, readable};
use crate::exit::{Exit, Failure};

struct GameList<'a> {
    deployment: &'a Deployment,
    filter: GameFilter,
}

pub(super) async fn run(
    filter: GameFilter,
    watch: Option<WatchInterval>,
    global: &Global,
) -> anyhow::Result<Exit> {
    let deployment = &Deployment::reach(global.target.required()?).await?;
    list::run(&GameList { deployment, filter }, watch, deployment, global).await
}

impl GameList<'_> {
    fn matches(&self, game: &Game) -> bool {
        let (filter, now_ms) = (&self.filter, self.deployment.now_ms());
        let age_ms = now_ms.saturating_sub(game.started_at_ms);
        filter
            .older_than
            .is_none_or(|than| u128::from(age_ms) >= than.as_millis())
            && filter
                .round_at_least
                .is_none_or(|round| game.round >= round)
            && (!filter.stuck || stuck(game, now_ms).is_some())
    }
}

impl List for GameList<'_> {
    type Item = Game;

    async fn scan(&self) -> Result<impl Stream<Item = Result<Game, Failure>>, Failure> {
        let games = self.deployment.games();
        let matching = |entry| readable(entry).filter(|game| self.matches(game));
        Ok(games.try_filter_map(move |entry| future::ok(matching(entry))))
    }

    fn limit(&self) -> u32 {
        self.filter.limit
    }

    fn row(&self, game: &Game, outlook: &Outlook<'_>) -> impl Serialize {
        GameRow::new(game, outlook.is_paused(), outlook.now_ms)
    }

    fn sort(&self, games: &mut [Game]) {
        games.sort_by_key(|game| game.deadline_ms);
    }

    fn table(&self, games: &[Game], outlook: &Outlook<'_>) -> String {
        table(games, outlook.is_paused(), outlook.now_ms).to_string()
    }

    fn head(&self, games: &[Game], outlook: &Outlook<'_>) -> String {
        if outlook.is_paused() {
            let resume = outlook.command("queue resume");
            return format!("{} games, paused until {resume}", games.len());
        }
        let now_ms = outlook.now_ms;
        let stuck = games.iter().filter(|game| stuck(game, now_ms).is_some());
        format!("{} games, {} stuck", games.len(), stuck.count())
    }

    fn empty_note(&self) -> &'static str {
        "no running games match"
    }
}
