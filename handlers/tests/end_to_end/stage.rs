//! A local AWS with the real binaries, and players.

use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use rps_contract::names::{Function, env};
use rps_game::ErrorCode;
use rps_handlers::config::Config;
use rps_handlers::outbound::aws::sdk_config;
use rps_local::{FunctionProcess, Local, Options};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::Error as WebSocketError;

use super::player::{PATIENCE, Player, pair};

pub(crate) struct Stage {
    local: Local,
    /// Seconds to play.
    window_s: u32,
    pub(crate) dynamo: aws_sdk_dynamodb::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
}

/// Seconds to play, unless a test has much to do meanwhile.
const WINDOW_S: u32 = 2;

/// Three rounds, messages back after five seconds, and short windows.
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

/// Joins, never plays, and gives how the game ended.
async fn until_over(player: &mut Player) -> Value {
    player.join().await;
    loop {
        let message = player.next().await;
        match message["type"].as_str() {
            Some("game-over") => return message,
            // Where many meet and the machine is slow, the lobby was taken each time for as long as a function tries.
            Some("error") if message["code"] == json!(ErrorCode::TryAgain) => player.join().await,
            // Its time was over just after it had entered.
            Some("error") => {
                let inside = [ErrorCode::AlreadyWaiting, ErrorCode::AlreadyInAGame];
                let inside = inside.map(|code| json!(code));
                assert!(inside.contains(&message["code"]), "{message}");
            }
            _ => {}
        }
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(options()).await
    }

    /// With so many seconds to play.
    pub(crate) async fn with_window(window_s: u32) -> Self {
        let options = options().env(env::PLAY_WINDOW_S, &window_s.to_string());
        Self {
            window_s,
            ..Self::with(options).await
        }
    }

    /// With these options, but the usual window.
    pub(crate) async fn with(options: Options) -> Self {
        let local = rps_local::start(options)
            .await
            .expect("the local AWS starts");
        let endpoint = local.urls().endpoint.clone();
        let config = Config::from_variables(move |name| {
            Some(if name == "AWS_ENDPOINT_URL" {
                endpoint.clone()
            } else {
                "test".to_owned()
            })
        });
        let shared = sdk_config(&config.expect("complete")).expect("a client");
        let dynamo = aws_sdk_dynamodb::Client::new(&shared);
        let sqs = aws_sdk_sqs::Client::new(&shared);
        Self {
            local,
            window_s: WINDOW_S,
            dynamo,
            sqs,
        }
    }

    /// The players' socket.
    pub(crate) fn url(&self) -> &str {
        &self.local.urls().url
    }

    pub(crate) async fn player(&self) -> Player {
        self.connect(None).await.expect("connected")
    }

    /// A connection, with that Origin header.
    pub(crate) async fn connect(&self, origin: Option<&str>) -> Result<Player, WebSocketError> {
        Player::connect(self.url(), origin).await
    }

    /// So many players who join at once and never play. Gives how each one's game ended.
    pub(crate) async fn idle_players(&self, count: usize) -> Vec<Value> {
        let mut players = Vec::new();
        for _ in 0..count {
            players.push(self.player().await);
        }
        join_all(players.iter_mut().map(until_over)).await
    }

    /// Two players in a game, and its id.
    pub(crate) async fn game(&self) -> (Player, Player, String) {
        pair(self.url(), self.window_s * 1000).await
    }

    /// The keys of everything in the table.
    pub(crate) async fn keys(&self) -> Vec<String> {
        let scan = self
            .dynamo
            .scan()
            .table_name(&self.local.urls().table)
            .send()
            .await;
        let items = scan.expect("a scan").items.unwrap_or_default();
        items
            .into_iter()
            .map(|item| item["pk"].as_s().expect("a string").clone())
            .collect()
    }

    /// Writes an item, as a crash might have left it.
    pub(crate) async fn put(&self, item: Value) {
        let put = self.dynamo.put_item().table_name(&self.local.urls().table);
        let item: std::collections::HashMap<String, AttributeValue> =
            serde_dynamo::to_item(item).expect("an item");
        put.set_item(Some(item)).send().await.expect("a write");
    }

    /// Sets an attribute of an item that is there, as an operator or another release does.
    pub(crate) async fn set(&self, key: &str, attribute: &str, value: impl serde::Serialize) {
        let value: AttributeValue = serde_dynamo::to_attribute_value(value).expect("a value");
        self.dynamo
            .update_item()
            .table_name(&self.local.urls().table)
            .key("pk", AttributeValue::S(key.to_owned()))
            .update_expression(format!("SET {attribute} = :value"))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":value", value)
            .send()
            .await
            .expect("a write");
    }

    /// Puts a message into the queue.
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

    /// A number of an item.
    pub(crate) async fn number(&self, key: &str, attribute: &str) -> u64 {
        let get = self.dynamo.get_item().table_name(&self.local.urls().table);
        let get = get
            .key("pk", AttributeValue::S(key.to_owned()))
            .send()
            .await
            .expect("a read");
        let item = get.item.expect("it is there");
        item[attribute]
            .as_n()
            .expect("a number")
            .parse()
            .expect("a number")
    }

    /// How many messages the queue holds, in whatever state.
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

    /// After the end nothing is left: no item, no message.
    pub(crate) async fn assert_empty(&self) {
        self.assert_no_items().await;
        let drained = timeout(PATIENCE, async {
            while self.messages().await > 0 {
                pause().await;
            }
        })
        .await
        .is_ok();
        assert!(drained, "{} messages are left", self.messages().await);
    }

    /// No item is left. The players' last frames are out before the last item is removed, so this waits.
    pub(crate) async fn assert_no_items(&self) {
        let emptied = timeout(PATIENCE, async {
            while !self.keys().await.is_empty() {
                pause().await;
            }
        })
        .await
        .is_ok();
        assert!(emptied, "left: {:?}", self.keys().await);
    }

    pub(crate) async fn end(self) {
        self.assert_empty().await;
        self.local.stop().await;
    }
}

/// Between two looks at AWS, which has no event to wait for here.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}
