//! Results of calls, as a story tells them.

use rps_game::{Connection, Game, Lobby, ServerMessage};
use rps_handlers::ports::{ChangeResult, ClaimResult, Delivery, LobbyResult};

use crate::state::Frame;

pub(crate) trait Brief {
    fn brief(&self) -> String;
}

impl Brief for () {
    fn brief(&self) -> String {
        "done".to_owned()
    }
}

impl Brief for bool {
    fn brief(&self) -> String {
        (if *self { "yes" } else { "no" }).to_owned()
    }
}

impl<T: Brief> Brief for Option<T> {
    fn brief(&self) -> String {
        self.as_ref().map_or_else(|| "nothing".to_owned(), T::brief)
    }
}

impl Brief for Connection {
    fn brief(&self) -> String {
        match &self.claim {
            Some(claim) => format!("{} claims {}", self.id, claim.game),
            None => format!("{} claims nothing", self.id),
        }
    }
}

impl Brief for Lobby {
    fn brief(&self) -> String {
        let places = self.places.iter();
        let places = places.map(|(id, game)| format!("{id} waits for {game}"));
        let places: Vec<String> = places.collect();
        if places.is_empty() {
            "nobody waits".to_owned()
        } else {
            places.join(", ")
        }
    }
}

impl Brief for Game {
    fn brief(&self) -> String {
        let [first, second] = &self.players;
        let state = match self.closed {
            Some(reason) => format!("closed {reason:?}"),
            None => "open".to_owned(),
        };
        let (id, round) = (&self.id, self.round);
        format!("{id} of {first} and {second}, round {round}, {state}")
    }
}

impl Brief for ChangeResult {
    fn brief(&self) -> String {
        match self {
            Self::Yes(game) => format!("yes: {}", game.brief()),
            Self::No(game) => format!("no: {}", game.brief()),
            Self::NoGame => "no such game".to_owned(),
        }
    }
}

impl Brief for ClaimResult {
    fn brief(&self) -> String {
        match self {
            Self::Yes => "yes".to_owned(),
            Self::Conflict(other) => format!("no: it claims {}", other.game),
            Self::NoConnection => "no: it is closed".to_owned(),
        }
    }
}

impl Brief for LobbyResult {
    fn brief(&self) -> String {
        match self {
            Self::Yes(lobby) => format!("yes: {}", lobby.brief()),
            Self::No(lobby) => format!("no: {}", lobby.brief()),
        }
    }
}

impl Brief for Frame {
    fn brief(&self) -> String {
        match self {
            Self::Message(ServerMessage::Error { code, .. }) => format!("{code:?}"),
            Self::Message(message) => message.to_frame(),
            Self::Failure => "an error of API Gateway".to_owned(),
            Self::Closed => "a close".to_owned(),
        }
    }
}

impl Brief for Delivery {
    fn brief(&self) -> String {
        match self {
            Self::Delivered => "accepted".to_owned(),
            Self::Closed => "410, closed".to_owned(),
        }
    }
}
