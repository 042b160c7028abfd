//! The events the functions get: Lambda proxy integration of a WebSocket API (source: "Set up Lambda
//! integrations for WebSocket APIs", API Gateway developer guide, and AWS's published sample events).

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    http::{HeaderMap, Uri},
};
use serde::Serialize;

use super::{STAGE, connections::Connection, new_id};
use crate::{clock, gateway::connections::Close};

/// One event.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    multi_value_query_string_parameters: BTreeMap<String, Vec<String>>,
    request_context: RequestContext,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    route_key: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    event_type: &'static str,
    extended_request_id: String,
    request_time: String,
    message_direction: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    disconnect_reason: Option<String>,
    stage: &'static str,
    connected_at: u64,
    request_time_epoch: u64,
    identity: Identity,
    request_id: String,
    domain_name: String,
    connection_id: String,
    api_id: &'static str,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    source_ip: String,
}

/// The API's id; AWS's own is ten letters and digits.
const API_ID: &str = "rpslocal00";

impl Event {
    /// A client wants in: with its headers and query.
    pub(super) fn connect(
        connection: &Connection,
        domain: &str,
        headers: &HeaderMap,
        uri: &Uri,
    ) -> Self {
        let multi_value_headers = headers_of(connection, domain, headers);
        let query = query_of(uri);
        Self {
            headers: last_of_each(&multi_value_headers),
            multi_value_headers,
            query_string_parameters: last_of_each(&query),
            multi_value_query_string_parameters: query,
            ..Self::new(connection, domain, "$connect", "CONNECT")
        }
    }

    /// A client sent a message.
    pub(super) fn message(
        connection: &Connection,
        domain: &str,
        route: &'static str,
        body: String,
    ) -> Self {
        let mut event = Self::new(connection, domain, route, "MESSAGE");
        event.request_context.message_id = Some(new_id());
        event.body = Some(body);
        event
    }

    /// A connection has ended.
    pub(super) fn disconnect(connection: &Connection, domain: &str, close: Close) -> Self {
        let multi_value_headers = headers_of(connection, domain, &HeaderMap::new());
        let mut event = Self {
            headers: last_of_each(&multi_value_headers),
            multi_value_headers,
            ..Self::new(connection, domain, "$disconnect", "DISCONNECT")
        };
        event.request_context.disconnect_status_code = Some(close.code);
        event.request_context.disconnect_reason = Some(close.reason);
        event
    }

    fn new(
        connection: &Connection,
        domain: &str,
        route_key: &'static str,
        event_type: &'static str,
    ) -> Self {
        let (now_ms, request_id) = (clock::now_ms(), new_id());
        let request_context = RequestContext {
            route_key,
            event_type,
            extended_request_id: request_id.clone(),
            request_time: clock::request_time(now_ms),
            message_direction: "IN",
            stage: STAGE,
            connected_at: connection.connected_at_ms,
            request_time_epoch: now_ms,
            identity: Identity {
                user_agent: connection.user_agent.clone(),
                source_ip: connection.source_ip.clone(),
            },
            request_id,
            domain_name: domain.to_owned(),
            connection_id: connection.id.clone(),
            api_id: API_ID,
            ..RequestContext::default()
        };
        Self {
            request_context,
            ..Self::default()
        }
    }

    /// The id that error frames name.
    pub(super) fn request_id(&self) -> &str {
        &self.request_context.request_id
    }

    /// The event as the function gets it.
    pub(super) fn json(&self) -> Bytes {
        // Strings, numbers and maps with string keys: there is nothing that could fail.
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}

fn headers_of(
    connection: &Connection,
    domain: &str,
    headers: &HeaderMap,
) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        all.entry(train_case(name.as_str()))
            .or_default()
            .push(value);
    }
    let (host, port) = domain.split_once(':').unwrap_or((domain, "80"));
    for (name, value) in [
        ("Host", host),
        ("X-Forwarded-For", &connection.source_ip),
        ("X-Forwarded-Port", port),
        ("X-Forwarded-Proto", "http"),
    ] {
        all.entry(name.to_owned())
            .or_insert_with(|| vec![value.to_owned()]);
    }
    all
}

/// HTTP here writes names in lower case; AWS passes them on as clients write them.
fn train_case(name: &str) -> String {
    let word = |word: &str| {
        if word == "websocket" {
            return "WebSocket".to_owned();
        }
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

fn query_of(uri: &Uri) -> BTreeMap<String, Vec<String>> {
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
    let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs.map(|pairs| pairs.0).unwrap_or_default() {
        query.entry(name).or_default().push(value);
    }
    query
}

/// Where AWS gives one value for a name that came twice, it is the last.
fn last_of_each(all: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    let last =
        |(name, values): (&String, &Vec<String>)| Some((name.clone(), values.last()?.clone()));
    all.iter().filter_map(last).collect()
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as Request;
    use axum::http::{HeaderMap, Uri};

    use super::{Close, Connection, Event};

    fn connection() -> Connection {
        Connection::new("127.0.0.1".to_owned(), Some("wscat".to_owned())).0
    }

    fn read(event: &Event) -> Request {
        serde_json::from_slice(&event.json()).unwrap()
    }

    #[test]
    fn connect_carries_headers_and_query() {
        let mut headers = HeaderMap::new();
        headers.append("origin", "http://127.0.0.1:1".parse().unwrap());
        headers.append("sec-websocket-version", "13".parse().unwrap());
        headers.append("x-twice", "a".parse().unwrap());
        headers.append("x-twice", "b".parse().unwrap());
        let uri = Uri::from_static("/ws?name=A%20B&name=C");
        let connection = connection();
        let event = Event::connect(&connection, "127.0.0.1:4566", &headers, &uri);
        let raw: serde_json::Value = serde_json::from_slice(&event.json()).unwrap();
        assert_eq!(raw["headers"]["Sec-WebSocket-Version"], "13");
        let event = read(&event);
        assert_eq!(event.headers["origin"], "http://127.0.0.1:1");
        assert_eq!(event.headers["x-twice"], "b");
        assert_eq!(
            event.multi_value_headers.get_all("x-twice").iter().count(),
            2
        );
        assert_eq!(event.query_string_parameters.first("name"), Some("C"));
        assert_eq!(event.body, None);
        let context = event.request_context;
        assert_eq!(context.route_key.as_deref(), Some("$connect"));
        assert_eq!(context.event_type.as_deref(), Some("CONNECT"));
        assert_eq!(context.message_direction.as_deref(), Some("IN"));
        assert_eq!(context.stage.as_deref(), Some("ws"));
        assert_eq!(context.domain_name.as_deref(), Some("127.0.0.1:4566"));
        assert_eq!(context.connection_id, Some(connection.id));
        assert_eq!(context.identity.source_ip.as_deref(), Some("127.0.0.1"));
        assert_eq!(context.identity.user_agent.as_deref(), Some("wscat"));
        assert!(context.connected_at > 0 && context.request_time_epoch >= context.connected_at);
        assert_eq!(context.message_id, None);
    }

    #[test]
    fn a_message_carries_its_body_and_an_id_and_no_headers() {
        let body = r#"{"action":"join-game"}"#.to_owned();
        let event = Event::message(&connection(), "127.0.0.1:1", "join-game", body.clone());
        let event = read(&event);
        assert_eq!(event.body, Some(body));
        assert!(!event.is_base64_encoded && event.headers.is_empty());
        let context = event.request_context;
        assert_eq!(context.event_type.as_deref(), Some("MESSAGE"));
        assert!(context.message_id.is_some());
    }

    #[test]
    fn a_disconnect_says_how_it_ended() {
        let close = Close::with(Close::UNSAID);
        let event = read(&Event::disconnect(&connection(), "127.0.0.1:1", close));
        let context = event.request_context;
        assert_eq!(context.event_type.as_deref(), Some("DISCONNECT"));
        assert_eq!(context.disconnect_status_code, Some(1005));
        assert_eq!(
            context.disconnect_reason.as_deref(),
            Some("Client-side close frame status not set")
        );
    }
}
