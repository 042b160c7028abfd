//! Events of API Gateway.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as PublishedEvent;
use rps_game::Rules;
use rps_handlers::inbound::admission::Admission;
use rps_handlers::inbound::events::WebSocketEvent;
use rps_handlers::inbound::websocket::{Response, connection, join_game, receive_play};
use rps_testkit::frames;

use super::aws::{Aws, at_once};

const PLACES: u8 = 8;

/// An event that AWS's published type writes parses with the same values, and every function answers every event that parses:
/// `$connect` and `$disconnect` with a status, a message with a published message.
pub(crate) fn event(data: &[u8]) -> bool {
    if let Ok(published) = serde_json::from_slice(data) {
        compare(&published);
    }
    let Ok(event) = serde_json::from_slice::<WebSocketEvent>(data) else {
        return false;
    };
    let aws = &Aws::new();
    let admission = &Admission {
        accepts_players: true,
        blocked_cidrs: "192.0.2.0/24,2001:db8::/32".parse().expect("blocks"),
        allowed_origins: "https://rps.example".parse().expect("an origin"),
        logs_sources: true,
    };
    let has_id = event.request_context.connection_id.is_some();
    let answer = at_once(connection(&aws.table, aws, aws, admission, &event));
    match event.request_context.event_type.as_deref() {
        _ if !has_id => assert_status(&answer, &[400]),
        Some("CONNECT") => assert_status(&answer, &[200, 403]),
        Some("DISCONNECT") => assert_status(&answer, &[200]),
        _ => assert_message(&answer),
    }
    let rules = Rules::default();
    let join = join_game(&aws.table, aws, aws, aws, rules, PLACES, &event);
    assert_message(&at_once(join));
    assert_message(&at_once(receive_play(&aws.table, aws, aws, &event)));
    true
}

/// Compares with AWS's own type. It also reads negative times, which API Gateway does not send.
fn compare(published: &PublishedEvent) {
    let context = &published.request_context;
    let (Ok(connected_at), Ok(epoch)) = (
        u64::try_from(context.connected_at),
        u64::try_from(context.request_time_epoch),
    ) else {
        return;
    };
    // The type reads more than API Gateway sends, for example headers with a list of values, but writes only its format.
    let json = serde_json::to_vec(published).expect("an event serializes");
    let event = serde_json::from_slice::<WebSocketEvent>(&json);
    let event = event.expect("an event of API Gateway parses");
    let parsed = &event.request_context;
    assert_eq!(parsed.connected_at, connected_at);
    assert_eq!(parsed.request_time_epoch, epoch);
    assert_eq!(parsed.event_type, context.event_type);
    assert_eq!(parsed.connection_id, context.connection_id);
    assert_eq!(parsed.identity.source_ip, context.identity.source_ip);
    assert_eq!(event.body, published.body);
    if let Some(Ok(origin)) = published.headers.get("origin").map(|it| it.to_str()) {
        assert_eq!(event.origin.as_deref(), Some(origin));
    }
}

fn assert_status(answer: &Response, statuses: &[u16]) {
    assert!(statuses.contains(&answer.status_code), "{answer:?}");
    assert_eq!(answer.body, None);
}

fn assert_message(answer: &Response) {
    assert_eq!(answer.status_code, 200);
    frames::from_server(answer.body.as_deref().expect("a body"));
}
