//! Blocking players with real sockets, for tests that are not async.

use rps_testkit::{player, wait};
use serde_json::{Value, json};

use crate::aws::Table;
use crate::rpsctl::LocalSystem;

/// A player of a `rpsctl local`.
pub(crate) struct Player {
    player: player::Player,
    /// The connection's id.
    pub(crate) id: String,
}

impl Player {
    /// Connects. Players must connect one after the other, so that their ids are known.
    pub(crate) fn connect(game: &LocalSystem) -> Self {
        Self::connect_with(game, "a test")
    }

    /// Connects with this user agent.
    pub(crate) fn connect_with(game: &LocalSystem, user_agent: &str) -> Self {
        let table = Table::at(game.endpoint(), "rps");
        let before = table.keys();
        let headers = [("user-agent", user_agent)];
        let connecting = player::Player::connect_with(game.url(), &headers);
        let player = wait(connecting).expect("connected");
        let keys = table.keys();
        let new = |key: &&String| key.starts_with("C#") && !before.contains(key);
        let key = keys.iter().find(new).expect("a new connection");
        Self {
            player,
            id: key["C#".len()..].to_owned(),
        }
    }

    /// Joins, and returns the type of the answer.
    pub(crate) fn join(&mut self) -> String {
        wait(self.player.join());
        let answer = self.receive();
        answer["type"].as_str().expect("a type").to_owned()
    }

    pub(crate) fn join_house(&mut self) -> String {
        wait(self.player.join_house());
        let answer = self.receive();
        answer["opponent"].as_str().expect("an opponent").to_owned()
    }

    pub(crate) fn join_room(&mut self, room: &str) -> String {
        wait(self.player.join_room(room));
        let answer = self.receive();
        answer["type"].as_str().expect("a type").to_owned()
    }

    /// Plays in round 1, and waits for the confirmation.
    pub(crate) fn play(&mut self, play: &str) {
        wait(
            self.player
                .say(json!({"action": "receive-play", "play": play, "round": 1})),
        );
        assert_eq!(self.receive()["type"], "play-received");
    }

    /// The next message.
    pub(crate) fn receive(&mut self) -> Value {
        wait(self.player.next())
    }

    /// All messages until the connection ends.
    pub(crate) fn rest(mut self) -> Vec<Value> {
        std::iter::from_fn(|| wait(self.player.next_or_close())).collect()
    }

    /// Checks that the next message is `game-over` with this outcome and reason.
    pub(crate) fn expect_end(&mut self, outcome: &str, reason: &str) {
        let over = self.receive();
        let fields = [&over["type"], &over["outcome"], &over["reason"]];
        assert_eq!(fields, ["game-over", outcome, reason], "{over}");
    }

    /// Checks that the server closes the socket without another message.
    pub(crate) fn expect_close(&mut self) {
        assert_eq!(wait(self.player.close_code()), 1000);
    }
}

/// Two players in a game.
pub(crate) fn pair(game: &LocalSystem) -> [Player; 2] {
    let mut players = [Player::connect(game), Player::connect(game)];
    assert_eq!(players[0].join(), "waiting");
    assert_eq!(players[1].join(), "game-started");
    assert_eq!(players[0].receive()["type"], "game-started");
    players
}

/// Checks that each player gets only `game-over`, because nobody played.
pub(crate) fn expect_nobody_played(players: [Player; 2]) {
    for player in players {
        let messages = player.rest();
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert_eq!(messages[0]["reason"], "nobody-played");
    }
}
