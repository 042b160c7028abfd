//! The address of the players' socket.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use tokio_tungstenite::tungstenite::http::Uri;

/// The domains of AWS's public partitions.
const AWS_DOMAINS: [&str; 3] = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"];

/// A `ws://` or `wss://` URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(Uri);

impl Address {
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether it belongs to API Gateway in this region: `wss://{api}.execute-api.{region}.amazonaws.com/{stage}`.
    pub(crate) fn is_api_gateway(&self, region: &str) -> bool {
        let host = self.0.host().unwrap_or_default();
        let parts = host.split_once(&format!(".execute-api.{region}."));
        self.0.scheme_str() == Some("wss")
            && parts
                .is_some_and(|(api, domain)| !api.contains('.') && AWS_DOMAINS.contains(&domain))
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

    #[test]
    fn only_api_gateway_in_the_same_region_is_api_gateway() {
        for (host, is_api_gateway) in [
            ("a1.execute-api.eu-west-1.amazonaws.com", true),
            ("a1.execute-api.eu-west-1.amazonaws.com.cn", true),
            ("a1.execute-api.eu-west-1.amazonaws.com.example", false),
            ("a1.execute-api.us-east-1.amazonaws.com", false),
            ("bucket.execute-api.s3.amazonaws.com", false),
            ("bucket.a1.execute-api.eu-west-1.amazonaws.com", false),
            ("a1.execute-api.eu-west-1.amazonaws.com@x.example", false),
            ("x.example", false),
            ("127.0.0.1", false),
        ] {
            let address: Address = format!("wss://{host}/live").parse().expect("a URL");
            assert_eq!(
                address.is_api_gateway("eu-west-1"),
                is_api_gateway,
                "{host}"
            );
        }
        let unencrypted = "ws://a1.execute-api.eu-west-1.amazonaws.com/live";
        let unencrypted: Address = unencrypted.parse().expect("a URL");
        assert!(!unencrypted.is_api_gateway("eu-west-1"));
    }
}
