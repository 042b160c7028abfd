//! The functions' events, in the format of a WebSocket API's Lambda proxy integration (source: "Set up Lambda
//! integrations for WebSocket APIs", API Gateway developer guide, and AWS's published sample events).

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use crate::clock;
use crate::gateway::connections::{ClientConnection, Close, new_id};
use crate::names::STAGE;

/// The API's id. Like AWS's ids, it has ten letters and digits.
const API_ID: &str = "rpslocal00";

pub(super) struct ProxyEvent(Value);

type MultiValues = BTreeMap<String, Vec<String>>;

impl ProxyEvent {
    pub(super) fn connect(
        connection: &ClientConnection,
        domain: &str,
        headers: &HeaderMap,
        uri: &Uri,
    ) -> Self {
        let mut event = Self::new(connection, domain, "$connect", "CONNECT");
        event.set_headers(connection, domain, headers);
        let query = query_of(uri);
        if !query.is_empty() {
            event.0["queryStringParameters"] = last_of_each(&query);
            event.0["multiValueQueryStringParameters"] = json!(query);
        }
        event
    }

    pub(super) fn message(
        connection: &ClientConnection,
        domain: &str,
        route: &'static str,
        body: &str,
    ) -> Self {
        let mut event = Self::new(connection, domain, route, "MESSAGE");
        event.0["requestContext"]["messageId"] = json!(new_id());
        event.0["body"] = json!(body);
        event
    }

    pub(super) fn disconnect(connection: &ClientConnection, domain: &str, close: &Close) -> Self {
        let mut event = Self::new(connection, domain, "$disconnect", "DISCONNECT");
        event.set_headers(connection, domain, &HeaderMap::new());
        event.0["requestContext"]["disconnectStatusCode"] = json!(close.code);
        event.0["requestContext"]["disconnectReason"] = json!(close.reason);
        event
    }

    fn new(connection: &ClientConnection, domain: &str, route_key: &str, event_type: &str) -> Self {
        let (now_ms, request_id) = (clock::now_ms(), new_id());
        let mut identity = json!({ "sourceIp": connection.source_ip });
        if let Some(user_agent) = &connection.user_agent {
            identity["userAgent"] = json!(user_agent);
        }
        Self(json!({
            "requestContext": {
                "routeKey": route_key,
                "eventType": event_type,
                "extendedRequestId": request_id,
                "requestTime": clock::request_time(now_ms),
                "messageDirection": "IN",
                "stage": STAGE,
                "connectedAt": connection.connected_at_ms,
                "requestTimeEpoch": now_ms,
                "identity": identity,
                "requestId": request_id,
                "domainName": domain,
                "connectionId": connection.id,
                "apiId": API_ID,
            },
            "isBase64Encoded": false,
        }))
    }

    fn set_headers(&mut self, connection: &ClientConnection, domain: &str, headers: &HeaderMap) {
        let mut all = MultiValues::new();
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let values = all.entry(train_case(name.as_str())).or_default();
            values.push(value);
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
        self.0["headers"] = last_of_each(&all);
        self.0["multiValueHeaders"] = json!(all);
    }

    pub(super) fn request_id(&self) -> &Value {
        &self.0["requestContext"]["requestId"]
    }

    pub(super) fn json(&self) -> Bytes {
        self.0.to_string().into()
    }
}

/// Capitalizes a header's name. The HTTP library converts names to lower case; AWS keeps the client's spelling.
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

fn query_of(uri: &Uri) -> MultiValues {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let mut query = MultiValues::new();
    for (name, value) in pairs.map(|pairs| pairs.0).unwrap_or_default() {
        query.entry(name).or_default().push(value);
    }
    query
}

/// AWS returns the last value of a repeated name.
fn last_of_each(all: &MultiValues) -> Value {
    let last = all.iter().map(|(name, values)| (name, values.last()));
    json!(last.collect::<BTreeMap<_, _>>())
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest as Request;

    use super::*;

    #[test]
    fn the_connect_event_contains_headers_and_query() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("origin", "http://127.0.0.1:1"),
            ("sec-websocket-version", "13"),
            ("x-twice", "a"),
            ("x-twice", "b"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        let uri = Uri::from_static("/ws?name=A%20B&name=C");
        let (connection, _) =
            ClientConnection::new("127.0.0.1".to_owned(), Some("wscat".to_owned()));
        let event = ProxyEvent::connect(&connection, "127.0.0.1:4566", &headers, &uri);
        assert_eq!(event.0["headers"]["Sec-WebSocket-Version"], "13");
        let event: Request = serde_json::from_slice(&event.json()).unwrap();
        assert_eq!(event.headers["origin"], "http://127.0.0.1:1");
        assert_eq!(event.headers["x-twice"], "b");
        let values = event.multi_value_headers.get_all("x-twice");
        assert_eq!(values.iter().count(), 2);
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
}
