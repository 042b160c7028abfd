//! One invocation per variant: its event, the table's content, and the expected result.
//!
//! All values are constant, so that every run executes the same instructions.

use serde_json::{Map, Value, json};

/// The table's name tells the stand-in whether a player waits in the lobby.
const EMPTY_LOBBY: &str = "empty-lobby";
const PLAYER_WAITS: &str = "player-waits";

const GAME: &str = "40720c6372644caa";
const FIRST: &str = "first-Player00=";
const SECOND: &str = "secondPlayer00=";
const TIME_MS: u64 = 1_790_000_000_000;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Scene {
    Connect,
    JoinEmptyLobby,
    JoinWaitingPlayer,
    Play,
    GameOver,
}

impl Scene {
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::JoinWaitingPlayer => PLAYER_WAITS,
            _ => EMPTY_LOBBY,
        }
    }

    pub(crate) fn event(self) -> Value {
        let join = json!({ "action": "join-game" });
        match self {
            Self::Connect => connect(),
            Self::JoinEmptyLobby | Self::JoinWaitingPlayer => message("join-game", SECOND, &join),
            Self::Play => {
                let play = json!({ "action": "receive-play", "play": "rock" });
                message("receive-play", FIRST, &play)
            }
            Self::GameOver => timer(),
        }
    }

    /// A part of the correct result.
    pub(crate) fn result(self) -> &'static str {
        match self {
            Self::Connect => r#""statusCode":200"#,
            Self::JoinEmptyLobby => "waiting",
            Self::JoinWaitingPlayer => "game-started",
            Self::Play => "play-received",
            Self::GameOver => r#""batchItemFailures":[]"#,
        }
    }
}

fn context(route: &str, event_type: &str, connection: &str) -> Value {
    json!({
        "routeKey": route,
        "eventType": event_type,
        "extendedRequestId": "JKJaXmPLvHcESHA=",
        "requestTime": "21/Sep/2026:14:13:20 +0000",
        "messageDirection": "IN",
        "stage": "live",
        "connectedAt": TIME_MS,
        "requestTimeEpoch": TIME_MS,
        "identity": {
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "sourceIp": "192.0.2.1",
        },
        "requestId": "JKJaXmPLvHcESHA=",
        "domainName": "abcdef1234.execute-api.eu-west-1.amazonaws.com",
        "connectionId": connection,
        "apiId": "abcdef1234",
    })
}

/// A browser's connection.
fn connect() -> Value {
    let headers = [
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", "en-US,en;q=0.5"),
        ("Cache-Control", "no-cache"),
        ("Host", "abcdef1234.execute-api.eu-west-1.amazonaws.com"),
        ("Origin", "https://d111111abcdef8.cloudfront.net"),
        ("Pragma", "no-cache"),
        ("Sec-WebSocket-Extensions", "permessage-deflate"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
        (
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ),
        (
            "X-Amzn-Trace-Id",
            "Root=1-68d00a00-0123456789abcdef01234567",
        ),
        ("X-Forwarded-For", "192.0.2.1"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
    ];
    let single: Map<String, Value> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let multiple: Map<String, Value> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!([value])))
        .collect();
    json!({
        "headers": single,
        "multiValueHeaders": multiple,
        "requestContext": context("$connect", "CONNECT", FIRST),
        "isBase64Encoded": false,
    })
}

fn message(route: &str, connection: &str, body: &Value) -> Value {
    let mut context = context(route, "MESSAGE", connection);
    context["messageId"] = json!("JKJaXmPLvHcESHA=");
    json!({
        "requestContext": context,
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

/// A batch of SQS with the round timer of the game.
fn timer() -> Value {
    let timer = json!({ "v": 1, "game": GAME, "round": 1, "deadline_ms": TIME_MS });
    json!({ "Records": [{
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": timer.to_string(),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": (TIME_MS - 5000).to_string(),
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": TIME_MS.to_string(),
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:rps-rounds",
        "awsRegion": "eu-west-1",
    }]})
}

/// The item with this key, in the JSON of DynamoDB. Both players have played: the first one wins.
pub(crate) fn item(table: &str, key: &str) -> Option<Value> {
    let mut item = match key.split_once('#')? {
        ("C", "warm-up") => return None,
        ("C", SECOND) => json!({ "connected_at_ms": TIME_MS }),
        ("C", _) => json!({
            "connected_at_ms": TIME_MS, "game": GAME, "seat": "first",
            "claimed_by": "9b1deb4d3b7d4bad", "claimed_at_ms": TIME_MS,
        }),
        ("L", _) if table == PLAYER_WAITS => json!({ "places": { FIRST: GAME } }),
        ("L", _) => return None,
        _ => json!({
            "player_1": FIRST, "player_2": SECOND, "window_s": 5, "max_rounds": 5,
            "started_at_ms": TIME_MS - 5000, "round": 1, "deadline_ms": TIME_MS,
            "play_1": "rock", "play_2": "scissors", "closed": "by-clock",
        }),
    };
    item["pk"] = json!(key);
    item["v"] = json!(1);
    item["ttl"] = json!(TIME_MS / 1000 + 10_800);
    Some(attributes(item.as_object()?).into())
}

fn attributes(fields: &Map<String, Value>) -> Map<String, Value> {
    let fields = fields.iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) => json!({ "S": text }),
            Value::Object(fields) => json!({ "M": attributes(fields) }),
            number => json!({ "N": number.to_string() }),
        };
        (name.clone(), value)
    });
    fields.collect()
}
