//! What the queue carries, as JSON.

use serde::{Deserialize, Serialize};

use crate::{Gather, Tick};

/// A message of the queue. What has no `gather` is a tick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Message {
    Gather(Gather),
    Tick(Tick),
}

impl From<Gather> for Message {
    fn from(gather: Gather) -> Self {
        Self::Gather(gather)
    }
}

impl From<Tick> for Message {
    fn from(tick: Tick) -> Self {
        Self::Tick(tick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Message {
        serde_json::from_str(json).expect("a message")
    }

    #[test]
    fn a_message_travels_as_it_is_documented() {
        let tick = Tick {
            v: 1,
            game: "g".into(),
            round: 2,
            deadline_ms: 3,
        };
        let gather = Gather::new("x".into(), "g-7".into());
        for (message, json) in [
            (
                Message::from(tick),
                r#"{"v":1,"game":"g","round":2,"deadline_ms":3}"#,
            ),
            (
                Message::from(gather),
                r#"{"v":1,"gather":"x","game":"g-7"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&message).expect("JSON"), json);
            assert_eq!(read(json), message);
        }
    }

    #[test]
    fn a_later_release_may_add_to_a_message() {
        let tick = read(r#"{"v":1,"game":"g","round":1,"deadline_ms":3,"more":0}"#);
        assert!(matches!(tick, Message::Tick(_)), "{tick:?}");
        let gather = read(r#"{"v":1,"gather":"x","game":"g-7","more":0}"#);
        assert!(matches!(gather, Message::Gather(_)), "{gather:?}");
        for neither in ["", "{}", r#"{"v":1,"game":"g"}"#, r#"{"v":1,"gather":"x"}"#] {
            assert!(serde_json::from_str::<Message>(neither).is_err());
        }
    }

    /// The release before shards drops what is no tick.
    #[test]
    fn a_gather_is_no_tick() {
        let gather = Message::from(Gather::new("x".into(), "g-7".into()));
        let json = serde_json::to_string(&gather).expect("JSON");
        assert!(serde_json::from_str::<Tick>(&json).is_err());
    }
}
