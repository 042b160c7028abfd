//! The address of the players' socket.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use tokio_tungstenite::tungstenite::http::Uri;

/// A `ws://` or `wss://` URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(Uri);

impl Address {
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }
}

pub(super) fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| "this is not a URL")?;
        match uri.scheme_str() {
            Some("ws" | "wss") if uri.host().is_some_and(|host| !host.is_empty()) => Ok(Self(uri)),
            Some("http" | "https") => Err("use a URL that starts with ws:// or wss://"),
            _ => Err("use a URL like ws://127.0.0.1:4566/ws"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn an_address_is_a_websocket_url() {
        let good = [
            "ws://127.0.0.1:4566/ws",
            "wss://abc.execute-api.eu-central-1.amazonaws.com/live",
            "ws://[::1]:4566/ws",
            "ws://localhost/",
        ];
        for text in good {
            let address: Result<Address, _> = text.parse();
            assert_eq!(address.map(|a| a.to_string()), Ok(text.to_owned()));
        }
        let bad = [
            "",
            "ws://",
            "http://127.0.0.1:4566/ws",
            "127.0.0.1:4566",
            "ws",
            "ws:// x",
        ];
        for text in bad {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }
}
