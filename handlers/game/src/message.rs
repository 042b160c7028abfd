//! The queue's messages, as JSON.

use serde::{Deserialize, Serialize};

use crate::{MESSAGE_VERSION, Rebalance, RoundTimer};

/// A message with the field `gather` is a rebalance message; any other is a round timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Message {
    Rebalance(Rebalance),
    RoundTimer(RoundTimer),
}

impl Message {
    /// Returns the reason if the message is not of the game, or has the format of a later release.
    pub fn parse(json: &str) -> Result<Self, String> {
        let message = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let (Self::Rebalance(Rebalance { v, .. }) | Self::RoundTimer(RoundTimer { v, .. })) =
            &message;
        if *v > MESSAGE_VERSION {
            return Err(format!("format {v} is of a later release"));
        }
        Ok(message)
    }
}

impl From<Rebalance> for Message {
    fn from(rebalance: Rebalance) -> Self {
        Self::Rebalance(rebalance)
    }
}

impl From<RoundTimer> for Message {
    fn from(round_timer: RoundTimer) -> Self {
        Self::RoundTimer(round_timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Waiting;

    fn waiting() -> Waiting {
        let (connection, game) = ("x".into(), "g".into());
        Waiting {
            connection,
            game,
            room: None,
        }
    }

    fn read(json: &str) -> Message {
        Message::parse(json).expect("a message")
    }

    #[test]
    fn messages_have_the_documented_json() {
        let round_timer = RoundTimer {
            v: 1,
            game: "g".into(),
            round: 2,
            deadline_ms: 3,
            early: false,
            room: None,
            house: false,
        };
        let in_room = RoundTimer {
            v: 2,
            room: Some("r".parse().expect("a code")),
            ..round_timer.clone()
        };
        let early = RoundTimer {
            early: true,
            ..round_timer.clone()
        };
        let rebalance = Rebalance::new(waiting());
        for (message, json) in [
            (
                Message::from(round_timer),
                r#"{"v":1,"game":"g","round":2,"deadline_ms":3}"#,
            ),
            (
                Message::from(early),
                r#"{"v":1,"game":"g","round":2,"deadline_ms":3,"early":true}"#,
            ),
            (
                Message::from(in_room),
                r#"{"v":2,"game":"g","round":2,"deadline_ms":3,"room":"r"}"#,
            ),
            (
                Message::from(rebalance),
                r#"{"v":1,"gather":"x","game":"g"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&message).expect("JSON"), json);
            assert_eq!(read(json), message);
        }
    }

    #[test]
    fn a_later_release_may_add_to_a_message() {
        let round_timer = read(r#"{"v":1,"game":"g","round":1,"deadline_ms":3,"more":0}"#);
        assert!(
            matches!(round_timer, Message::RoundTimer(_)),
            "{round_timer:?}"
        );
        let rebalance = read(r#"{"v":1,"gather":"x","game":"g","more":0}"#);
        assert!(matches!(rebalance, Message::Rebalance(_)), "{rebalance:?}");
        for neither in ["", "{}", r#"{"v":1,"game":"g"}"#, r#"{"v":1,"gather":"x"}"#] {
            assert!(Message::parse(neither).is_err());
        }
        for later in [
            r#"{"v":3,"game":"g","round":1,"deadline_ms":3}"#,
            r#"{"v":3,"gather":"x","game":"g"}"#,
        ] {
            let error = Message::parse(later).expect_err("unreadable");
            assert_eq!(error, "format 3 is of a later release");
        }
    }

    /// A release that knows no other messages drops messages that are not round timers.
    #[test]
    fn a_rebalance_message_is_not_a_round_timer() {
        let rebalance = Message::from(Rebalance::new(waiting()));
        let json = serde_json::to_string(&rebalance).expect("JSON");
        assert!(serde_json::from_str::<RoundTimer>(&json).is_err());
    }
}
