//! A local AWS with the real function binaries, and players.

use std::path::PathBuf;

use futures_util::future::join_all;
use rps_contract::names::{Function, env};
use rps_game::ErrorCode;
use rps_local::{FunctionProcess, Local, Options};
use rps_testkit::player::{Player, pair};
use rps_testkit::table::{Table, sdk};
use rps_testkit::until;
use serde_json::{Value, json};

pub(crate) struct TestSystem {
    local: Local,
    /// Seconds to play.
    window_s: u32,
    pub(crate) table: Table,
    sqs: aws_sdk_sqs::Client,
}

/// The default play window, seconds.
const WINDOW_S: u32 = 2;

/// Three rounds, a visibility timeout of five seconds, and a short window.
pub(crate) fn options() -> Options {
    let program = |function| match function {
        Function::Connection => env!("CARGO_BIN_EXE_connection"),
        Function::JoinGame => env!("CARGO_BIN_EXE_join-game"),
        Function::ReceivePlay => env!("CARGO_BIN_EXE_receive-play"),
        Function::Decide => env!("CARGO_BIN_EXE_decide"),
    };
    let functions = Function::ALL.map(|function| FunctionProcess {
        function,
        program: PathBuf::from(program(function)),
        args: Vec::new(),
    });
    let options = Options {
        functions: functions.into(),
        concurrency: 4,
        visibility_timeout_s: 5,
        ..Options::default()
    };
    options
        .env(env::PLAY_WINDOW_S, &WINDOW_S.to_string())
        .env(env::MAX_ROUNDS, "3")
}

/// Joins, never plays, and returns the `game-over` message.
async fn join_until_over(player: &mut Player) -> Value {
    player.join().await;
    loop {
        let message = player.next().await;
        match message["type"].as_str() {
            Some("game-over") => return message,
            // Many players join at once, and the lobby stayed busy for as long as the function retried.
            Some("error") if message["code"] == json!(ErrorCode::TryAgain) => player.join().await,
            // The function ran out of time just after it entered the lobby.
            Some("error") => {
                let codes = [ErrorCode::AlreadyWaiting, ErrorCode::AlreadyInAGame];
                let codes = codes.map(|code| json!(code));
                assert!(codes.contains(&message["code"]), "{message}");
            }
            _ => {}
        }
    }
}

impl TestSystem {
    pub(crate) async fn new() -> Self {
        Self::with(options()).await
    }

    /// Starts a system with this play window.
    pub(crate) async fn with_window(window_s: u32) -> Self {
        Self::with_options(options(), window_s).await
    }

    pub(crate) async fn with_options(options: Options, window_s: u32) -> Self {
        let options = options.env(env::PLAY_WINDOW_S, &window_s.to_string());
        Self {
            window_s,
            ..Self::with(options).await
        }
    }

    /// Starts a system with these options and the default window.
    pub(crate) async fn with(options: Options) -> Self {
        let local = rps_local::start(options)
            .await
            .expect("the local AWS starts");
        let endpoint = &local.urls().endpoint;
        Self {
            table: Table::at(endpoint, &local.urls().table),
            sqs: aws_sdk_sqs::Client::new(&sdk(endpoint)),
            local,
            window_s: WINDOW_S,
        }
    }

    /// The players' WebSocket URL.
    pub(crate) fn url(&self) -> &str {
        &self.local.urls().url
    }

    pub(crate) async fn player(&self) -> Player {
        Player::connect(self.url()).await
    }

    /// Lets `count` players join at once and never play. Returns their `game-over` messages.
    pub(crate) async fn idle_players(&self, count: usize) -> Vec<Value> {
        let mut players = Vec::new();
        for _ in 0..count {
            players.push(self.player().await);
        }
        join_all(players.iter_mut().map(join_until_over)).await
    }

    /// Starts a game. Returns its players and its id.
    pub(crate) async fn game(&self) -> (Player, Player, String) {
        pair(self.url(), self.window_s * 1000).await
    }

    /// Sends a message to the queue.
    pub(crate) async fn send(&self, body: impl ToString, delay_s: i32) {
        let queue = &self.local.urls().queue_url;
        let send = self
            .sqs
            .send_message()
            .queue_url(queue)
            .delay_seconds(delay_s);
        send.message_body(body.to_string())
            .send()
            .await
            .expect("sent");
    }

    /// The number of messages in the queue, in any state.
    pub(crate) async fn messages(&self) -> u32 {
        let attributes = self
            .sqs
            .get_queue_attributes()
            .queue_url(&self.local.urls().queue_url)
            .attribute_names("All".into())
            .send()
            .await
            .expect("attributes");
        let attributes = attributes.attributes.unwrap_or_default();
        attributes
            .iter()
            .filter(|(name, _)| name.as_str().starts_with("ApproximateNumberOfMessages"))
            .map(|(_, count)| count.parse::<u32>().expect("a number"))
            .sum()
    }

    /// Waits until no item and no message is left.
    pub(crate) async fn assert_empty(&self) {
        self.assert_no_items().await;
        until(async || self.messages().await == 0).await;
    }

    /// Waits until no item is left: `decide` sends the last frames before it removes the last item.
    pub(crate) async fn assert_no_items(&self) {
        until(async || self.table.items().await.is_empty()).await;
    }

    pub(crate) async fn end(self) {
        self.assert_empty().await;
        self.stop().await;
    }

    pub(crate) async fn stop(self) {
        self.local.stop().await;
    }
}
