//! Which route a message takes: `$request.body.action`.

use rps_contract::names::{ROUTES, Route};
use serde_json::Value;

/// The route of that key.
pub(super) fn keyed(key: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.key == key)
}

/// The route of a message: the one its `action` names, else `$default`.
pub(super) fn of_message(body: &str) -> Option<&'static Route> {
    action(body)
        // The three routes of AWS's own are not for a message to choose.
        .filter(|action| !action.starts_with('$'))
        .and_then(|action| keyed(&action))
        .or_else(|| keyed("$default"))
}

fn action(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    body.get("action")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::of_message;

    fn key(body: &str) -> &'static str {
        of_message(body).unwrap().key
    }

    #[test]
    fn the_action_names_the_route() {
        assert_eq!(key(r#"{"action":"join-game"}"#), "join-game");
        assert_eq!(
            key(r#"{"play":"rock","action":"receive-play"}"#),
            "receive-play"
        );
    }

    #[test]
    fn everything_else_takes_the_default_route() {
        for body in [
            "",
            "hello",
            "null",
            "[1]",
            r#""join-game""#,
            "{}",
            r#"{"action":5}"#,
            r#"{"action":null}"#,
            r#"{"action":"fly"}"#,
            r#"{"action":"Join-Game"}"#,
            r#"{"action":"join-game""#,
            r#"{"request":{"action":"join-game"}}"#,
        ] {
            assert_eq!(key(body), "$default", "{body}");
        }
    }

    #[test]
    fn a_message_cannot_choose_the_routes_of_aws() {
        for action in ["$connect", "$disconnect", "$default"] {
            let body = format!(r#"{{"action":"{action}"}}"#);
            assert_eq!(key(&body), "$default");
        }
    }
}
