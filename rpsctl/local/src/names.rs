//! The names and addresses of everything in the local AWS.

use rps_contract::names::Function;
use serde::Serialize;

/// The account that AWS's own local tools use.
pub(crate) const ACCOUNT: &str = "000000000000";

pub const REGION: &str = "us-east-1";

pub const TABLE: &str = "rps";

pub const QUEUE: &str = "rps-rounds";

pub const DEAD_LETTER_QUEUE: &str = "rps-rounds-dead";

/// The UUID of the event source mapping from the queue to `decide`.
pub const EVENT_SOURCE_MAPPING: &str = "00000000-0000-4000-8000-000000000000";

/// The id of the WebSocket API, as ARNs have it.
pub(crate) const API: &str = "local";

/// The name of the API's stage, and the path of the socket.
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

/// Where everything is. As JSON it is the line `rpsctl local` prints when ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Urls {
    pub page: String,
    pub url: String,
    pub endpoint: String,
    pub table: String,
    pub queue_url: String,
    #[serde(skip)]
    pub dead_letter_queue_url: String,
    /// `/@connections/{id}` lies under it.
    pub management_url: String,
}

impl Urls {
    /// Where everything is if that endpoint, an `http://` or `https://` URL without a path, is one of this
    /// package.
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_is_as_published() {
        let line = serde_json::to_string(&Urls::at("http://127.0.0.1:4566")).unwrap();
        assert_eq!(
            line,
            r#"{"page":"http://127.0.0.1:4566/","url":"ws://127.0.0.1:4566/ws","endpoint":"http://127.0.0.1:4566","table":"rps","queue_url":"http://127.0.0.1:4566/000000000000/rps-rounds","management_url":"http://127.0.0.1:4566/ws"}"#
        );
    }
    #[test]
    fn the_socket_is_where_the_endpoint_is() {
        let urls = Urls::at("https://http.example");
        assert_eq!(urls.url, "wss://http.example/ws");
    }
}
