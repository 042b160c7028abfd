//! Names and URLs of the local AWS's resources.

use rps_contract::names::Function;
use serde::Serialize;

/// The account id that AWS's own local tools use.
pub(crate) const ACCOUNT: &str = "000000000000";

pub const REGION: &str = "us-east-1";

pub const TABLE: &str = "rps";

pub const QUEUE: &str = "rps-rounds";

pub const DEAD_LETTER_QUEUE: &str = "rps-rounds-dead";

/// The UUID of the event source mapping from the queue to `decide`.
pub const EVENT_SOURCE_MAPPING: &str = "00000000-0000-4000-8000-000000000000";

/// The WebSocket API's id in ARNs.
pub(crate) const API: &str = "local";

/// The API's stage, and the path of the WebSocket URL.
pub(crate) const STAGE: &str = "ws";

pub(crate) const LOG_STREAM: &str = "local";

pub(crate) fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}")
}

pub(crate) fn function_arn(name: &str) -> String {
    arn("lambda", &format!("function:{name}"))
}

pub(crate) fn log_group(function: Function) -> String {
    format!("/aws/lambda/{}", function.name())
}

/// The URLs and names that clients need. `rpsctl local` prints them as one JSON line when it is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Urls {
    pub page: String,
    pub url: String,
    pub endpoint: String,
    pub table: String,
    pub queue_url: String,
    #[serde(skip)]
    pub dead_letter_queue_url: String,
    /// Prefix of `/@connections/{id}`.
    pub management_url: String,
    /// The players' page for other machines in the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lan: Option<String>,
}

impl Urls {
    /// The URLs of the local AWS at an endpoint, which is an `http://` or `https://` URL without a path.
    #[must_use]
    pub fn at(endpoint: &str) -> Self {
        let socket = endpoint.replacen("http", "ws", 1);
        Self {
            page: format!("{endpoint}/"),
            url: format!("{socket}/ws"),
            endpoint: endpoint.to_owned(),
            table: TABLE.to_owned(),
            queue_url: format!("{endpoint}/{ACCOUNT}/{QUEUE}"),
            dead_letter_queue_url: format!("{endpoint}/{ACCOUNT}/{DEAD_LETTER_QUEUE}"),
            management_url: format!("{endpoint}/ws"),
            lan: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_matches_its_documentation() {
        let line = serde_json::to_string(&Urls::at("http://127.0.0.1:4566")).unwrap();
        assert_eq!(
            line,
            r#"{"page":"http://127.0.0.1:4566/","url":"ws://127.0.0.1:4566/ws","endpoint":"http://127.0.0.1:4566","table":"rps","queue_url":"http://127.0.0.1:4566/000000000000/rps-rounds","management_url":"http://127.0.0.1:4566/ws"}"#
        );
    }

    #[test]
    fn the_socket_url_has_the_host_of_the_endpoint() {
        let urls = Urls::at("https://http.example");
        assert_eq!(urls.url, "wss://http.example/ws");
    }
}
