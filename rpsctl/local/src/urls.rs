//! Where everything is: the ready line.

use serde::Serialize;

use crate::ACCOUNT;

/// The table's name.
pub const TABLE: &str = "rps";

/// The name of the queue that is the clock.
pub const QUEUE: &str = "rps-rounds";

/// The name of its dead-letter queue.
pub const DEAD_LETTER_QUEUE: &str = "rps-rounds-dead";

/// The UUID of the event source mapping from the queue to `decide`.
pub const EVENT_SOURCE_MAPPING: &str = "00000000-0000-4000-8000-000000000000";

/// Where everything is. As JSON it is the line `rpsctl local` prints when ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Urls {
    /// The players' page.
    pub page: String,
    /// The players' socket.
    pub url: String,
    /// The endpoint of every AWS service.
    pub endpoint: String,
    /// The table's name.
    pub table: String,
    /// The queue that is the clock.
    pub queue_url: String,
    /// Its dead-letter queue.
    #[serde(skip)]
    pub dead_letter_queue_url: String,
    /// `/@connections/{id}` lies under it.
    pub management_url: String,
}

impl Urls {
    pub(crate) fn on(port: u16) -> Self {
        Self::at(&format!("http://127.0.0.1:{port}"))
    }

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
    use super::Urls;

    #[test]
    fn the_socket_is_where_the_endpoint_is() {
        for (endpoint, socket) in [
            ("http://localhost:80", "ws://localhost:80/ws"),
            ("https://http.example", "wss://http.example/ws"),
        ] {
            assert_eq!(Urls::at(endpoint).url, socket);
        }
    }

    #[test]
    fn the_ready_line_is_as_published() {
        let line = serde_json::to_string(&Urls::on(4566)).unwrap();
        assert_eq!(
            line,
            r#"{"page":"http://127.0.0.1:4566/","url":"ws://127.0.0.1:4566/ws","endpoint":"http://127.0.0.1:4566","table":"rps","queue_url":"http://127.0.0.1:4566/000000000000/rps-rounds","management_url":"http://127.0.0.1:4566/ws"}"#
        );
    }
}
