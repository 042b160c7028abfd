//! Players with real sockets, for tests that are not async.

use rps_testkit::{player, wait};
use serde_json::Value;

use crate::aws::Table;
use crate::rpsctl::Game;

/// A player of a `rpsctl local`.
pub(crate) struct Player {
    player: player::Player,
    /// The connection's id.
    pub(crate) id: String,
}

impl Player {
    /// Connects; one after the other, so that it is known who is who.
    pub(crate) fn connect(game: &Game) -> Self {
        Self::connect_with(game, "a test")
    }

    /// With this user agent.
    pub(crate) fn connect_with(game: &Game, user_agent: &str) -> Self {
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

    /// Joins, and gives the answer's type.
    pub(crate) fn join(&mut self) -> String {
        wait(self.player.join());
        let answer = self.hear();
        answer["type"].as_str().expect("a type").to_owned()
    }

    /// The next message.
    pub(crate) fn hear(&mut self) -> Value {
        wait(self.player.next())
    }

    /// All messages until the connection ends.
    pub(crate) fn rest(mut self) -> Vec<Value> {
        std::iter::from_fn(|| wait(self.player.next_or_close())).collect()
    }

    /// The next message is that the game is over, with that outcome and for that reason.
    pub(crate) fn hears_the_end(&mut self, outcome: &str, reason: &str) {
        let over = self.hear();
        let told = [&over["type"], &over["outcome"], &over["reason"]];
        assert_eq!(told, ["game-over", outcome, reason], "{over}");
    }

    /// The server closes the socket, and says nothing before.
    pub(crate) fn is_closed(&mut self) {
        assert_eq!(wait(self.player.close_code()), 1000);
    }
}

/// Two players in a game.
pub(crate) fn pair(game: &Game) -> [Player; 2] {
    let mut players = [Player::connect(game), Player::connect(game)];
    assert_eq!(players[0].join(), "waiting");
    assert_eq!(players[1].join(), "game-started");
    assert_eq!(players[0].hear()["type"], "game-started");
    players
}

/// Each of them hears only that its game is over, because nobody played.
pub(crate) fn nobody_played(players: [Player; 2]) {
    for player in players {
        let told = player.rest();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0]["reason"], "nobody-played");
    }
}
