//! Frames of players and, for clients, of the server.

use rps_game::{ClientMessage, ErrorCode, ServerMessage};
use rps_testkit::frames;
use serde_json::Value;

/// A frame is either a published message, which serializes and parses as itself, or gets a published error.
pub(crate) fn frame(data: &[u8]) -> bool {
    let Ok(frame) = str::from_utf8(data) else {
        // API Gateway accepts only text.
        return false;
    };
    if let Ok(message) = serde_json::from_str::<ServerMessage>(frame) {
        let parsed = serde_json::from_str::<ServerMessage>(&message.to_frame());
        assert_eq!(parsed.ok(), Some(message));
    }
    match ClientMessage::parse(frame) {
        Ok(message) => {
            assert!(
                frames::is_from_player(frame),
                "the schema refuses a message"
            );
            let json = serde_json::to_string(&message).expect("a message serializes");
            assert_eq!(ClientMessage::parse(&json), Ok(message));
            true
        }
        Err(code) => {
            // For JSON Schema, 1.0 is an integer.
            let value: Value = serde_json::from_str(frame).unwrap_or_default();
            let is_published = !value["round"].is_f64() && frames::is_from_player(frame);
            assert!(!is_published, "the schema accepts what the parser refuses");
            assert!(matches!(
                code,
                ErrorCode::BadRequest | ErrorCode::UnknownAction
            ));
            frames::from_server(&ServerMessage::from(code).to_frame());
            false
        }
    }
}
