//! Blocking access to the table of `rpsctl local`, for tests that are not async; and an AWS that returns errors.

use aws_types::SdkConfig;
use rps_game::{Claim, Connection, ConnectionId, Game, GameId, Play, Rules, Seat, Waiting};
use rps_handlers::ports::{
    ChangeLobby, EnterLobby, LobbyResult, OpenConnection, RemoveConnection, StartGame,
};
use rps_handlers::time::now_ms;
use rps_testkit::http::{Answer, serve};
use rps_testkit::table::sdk;
use rps_testkit::{table, wait};
use serde_json::{Value, json};

/// A time long ago: 2023-11-14, 22:13:20 and 123 ms.
pub(crate) const THEN_MS: u64 = 1_700_000_000_123;

pub(crate) struct Table {
    sdk: SdkConfig,
    pub(crate) table: table::Table,
}

impl Table {
    /// The table with this name at an endpoint.
    pub(crate) fn at(endpoint: &str, name: &str) -> Self {
        Self {
            sdk: sdk(endpoint),
            table: table::Table::at(endpoint, name),
        }
    }

    pub(crate) fn create(endpoint: &str, name: &str) -> Self {
        wait(table::Table::create(endpoint, name));
        Self::at(endpoint, name)
    }

    /// The keys of all items, sorted.
    pub(crate) fn keys(&self) -> Vec<String> {
        wait(self.table.keys())
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        wait(self.table.items()).contains_key(key)
    }

    /// Stores an item with string attributes.
    pub(crate) fn put(&self, attributes: &[(&str, &str)]) {
        let attributes = attributes.iter().map(|(name, value)| (*name, *value));
        let item: std::collections::BTreeMap<_, _> = attributes.collect();
        wait(self.table.put(item));
    }

    pub(crate) fn delete(&self, key: &str) {
        wait(self.table.delete(key));
    }

    /// Makes another AWS call.
    pub(crate) fn ask<T>(&self, call: impl AsyncFnOnce(&SdkConfig) -> T) -> T {
        wait(call(&self.sdk))
    }

    /// Stores a stack description with this socket, as `pulumi up` does.
    pub(crate) fn describe(&self, socket: &str) {
        self.describe_with(&[], socket);
    }

    /// The same, with more attributes.
    pub(crate) fn describe_with(&self, more: &[(&str, &str)], socket: &str) {
        let dead = "https://sqs.example/1/rps-dev-rounds-dead";
        let mapping = "f0000000-0000-0000-0000-000000000000";
        let stack = [
            ("pk", "STACK"),
            ("socket", socket),
            ("queue_url", "https://sqs.example/1/rps-dev-rounds"),
            ("dead_letter_queue_url", dead),
            ("event_source_mapping", mapping),
            ("api", "a1b2c3"),
            ("stage", "live"),
            ("since", "a release that knows more"),
        ];
        self.put(&[&stack, more].concat());
    }

    /// Stores a game of two players, in its second round, with these plays.
    pub(crate) fn start(&self, id: &str, deadline_ms: u64, plays: [Option<Play>; 2]) {
        let players: [ConnectionId; 2] = ["x".into(), "y".into()];
        let game = Game::start(id.into(), players, Rules::default(), 0);
        let game = Game {
            round: 2,
            deadline_ms,
            plays,
            ..game
        };
        self.keep(&game);
    }

    /// Starts a game that lasts for as long as a test.
    pub(crate) fn play(&self, game: &str, players: [&str; 2], now_ms: u64) {
        let players = players.map(ConnectionId::from);
        let rules = Rules::new(60, 5).expect("rules");
        let game = Game::start(GameId::from(game), players, rules, now_ms);
        self.keep(&game);
    }

    /// Stores a game as it is.
    pub(crate) fn keep(&self, game: &Game) {
        assert_eq!(wait(self.table.store.start_game(game)), Ok(true));
    }

    /// Stores a connection, which claims the first seat of a game, if any.
    pub(crate) fn haunt(&self, id: &str, connected_at_ms: u64, game: Option<&str>) {
        let connection = Connection {
            id: id.into(),
            connected_at_ms,
            claim: game.map(|game| Claim {
                game: game.into(),
                seat: Seat::First,
                by: "0123456789abcdef".into(),
                at_ms: connected_at_ms,
                room: None,
            }),
        };
        wait(self.table.store.open_connection(&connection)).expect("stored");
    }

    /// Removes a connection.
    pub(crate) fn forget(&self, id: &str) {
        let connection = ConnectionId::from(id);
        let removed = wait(self.table.store.remove_connection(&connection));
        assert!(removed.expect("AWS does it").is_some(), "{id}");
    }

    /// Gives a connection a place in the lobby.
    pub(crate) fn queue(&self, id: &str, game: &str) {
        self.enter(&Waiting {
            connection: id.into(),
            game: game.into(),
            room: None,
        });
    }

    pub(crate) fn queue_in_room(&self, id: &str, game: &str, room: &str) {
        self.enter(&Waiting {
            connection: id.into(),
            game: game.into(),
            room: Some(room.parse().expect("a code")),
        });
    }

    fn enter(&self, waiting: &Waiting) {
        let store = &self.table.store;
        let mut result = wait(store.enter_lobby(waiting, now_ms()));
        if matches!(result, Ok(LobbyResult::No(_))) {
            result = wait(store.open_place(waiting, u8::MAX, now_ms()));
        }
        assert!(matches!(result, Ok(LobbyResult::Yes(_))), "{result:?}");
    }
}

/// An AWS error.
pub(crate) fn error(code: &str, message: &str) -> Value {
    json!({
        "__type": format!("com.amazon.coral.service#{code}"),
        "message": message,
        "Message": message,
    })
}

/// Starts a server. `answer` gets the request's head in lower case, and returns a status and a body.
pub(crate) fn server(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> String {
    serve(move |request| {
        let (status, body) = answer(&request.head);
        Some(Answer::new(status, body))
    })
}

/// Starts a DynamoDB that answers each of these operations with an error.
pub(crate) fn dynamo_that_refuses(errors: &'static [(&str, &str)]) -> String {
    server(|head| {
        let error_of_call = errors
            .iter()
            .find(|(operation, _)| head.contains(&operation.to_lowercase()));
        let (operation, code) = error_of_call.expect("a listed operation");
        let refusal = error(code, &format!("AWS says no to {operation}"));
        (400, refusal.to_string())
    })
}
