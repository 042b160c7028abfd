//! The players' page: what both who serve it, CloudFront and `rpsctl local`, must agree on.

use serde::{Deserialize, Serialize};

/// A file of the page. All lie in `pulumi/site/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Its name, and its path below the page.
    pub name: &'static str,
    /// What it is, as the header `content-type` says it.
    pub content_type: &'static str,
}

/// What the page's own path gives.
pub const INDEX: &str = "index.html";

pub const FILES: [File; 6] = [
    File {
        name: INDEX,
        content_type: "text/html; charset=utf-8",
    },
    File {
        name: "style.css",
        content_type: "text/css; charset=utf-8",
    },
    File {
        name: "page.js",
        content_type: SCRIPT,
    },
    File {
        name: "game.js",
        content_type: SCRIPT,
    },
    File {
        name: "words.js",
        content_type: SCRIPT,
    },
    File {
        name: "icon.svg",
        content_type: "image/svg+xml",
    },
];

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What else lies beside the page: a [`Config`], which each who serves it writes.
pub const CONFIG: File = File {
    name: "config.json",
    content_type: "application/json",
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Where players connect: a URL, or one relative to the page's.
    pub socket: String,
}

/// How long browsers and CloudFront keep a file: a change must reach players without an invalidation.
pub const CACHE_CONTROL: &str = "max-age=60";

/// Whom browsers tell that a player comes from the page: nobody.
pub const REFERRER_POLICY: &str = "no-referrer";

/// Who may show the page in a frame: nobody. For browsers that do not read it in the policy below.
pub const FRAME_OPTION: &str = "DENY";

/// What the page may load, run and connect to. Without an origin, such as `wss://example.com`, the socket has
/// that of the page. (An origin has no path: with one, a source would be that very URL.)
pub fn content_security_policy(socket_origin: Option<&str>) -> String {
    format!("{}; frame-ancestors 'none'", policy(socket_origin))
}

/// The policy that stands in the page itself, whoever serves it. Every API is at such an address, as is all of AWS, and
/// `frame-ancestors` browsers take from a header only.
pub fn content_security_policy_in_the_page() -> String {
    policy(Some("wss://*.amazonaws.com"))
}

fn policy(socket: Option<&str>) -> String {
    let socket = socket.map(|socket| format!(" {socket}"));
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        &format!("connect-src 'self'{}", socket.unwrap_or_default()),
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
    ]
    .join("; ")
}

#[cfg(test)]
mod tests {
    use super::content_security_policy;

    #[test]
    fn the_policy_names_the_socket_if_it_is_elsewhere() {
        let own = content_security_policy(None);
        assert!(own.contains("; connect-src 'self'; "), "{own}");
        let other = content_security_policy(Some("wss://a.example"));
        let expected = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
            connect-src 'self' wss://a.example; base-uri 'none'; form-action 'none'; \
            require-trusted-types-for 'script'; frame-ancestors 'none'";
        assert_eq!(other, expected);
    }
}
