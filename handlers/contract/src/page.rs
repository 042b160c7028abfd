//! The players' page: files and headers that CloudFront and `rpsctl local` both serve.

use std::ops::Not;

use serde::{Deserialize, Serialize};

/// A file of the page, in `pulumi/site/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// The file's name, and its path below the page's URL.
    pub name: &'static str,
    pub content_type: &'static str,
}

/// Served at the page's root path.
pub const INDEX: &str = "index.html";

/// The image that chats show beside a link to the page.
pub const PREVIEW: &str = "preview.png";

pub const FILES: [File; 11] = [
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
        name: "sound.js",
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
    File {
        name: "manifest.webmanifest",
        content_type: "application/manifest+json",
    },
    File {
        name: "icon-192.png",
        content_type: PNG,
    },
    File {
        name: "icon-512.png",
        content_type: PNG,
    },
    File {
        name: PREVIEW,
        content_type: PNG,
    },
];

const SCRIPT: &str = "text/javascript; charset=utf-8";
const PNG: &str = "image/png";

/// Contains a [`Config`]. The deployment and `rpsctl local` each generate their own.
pub const CONFIG: File = File {
    name: "config.json",
    content_type: "application/json",
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// The WebSocket URL, absolute or relative to the page's URL.
    pub socket: String,
    /// The game accepts no players for now. A browser does not tell the page why an upgrade is refused.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub closed: bool,
}

/// Short, so that a new version reaches players without a CloudFront invalidation.
pub const CACHE_CONTROL: &str = "max-age=60";

/// Browsers send no Referer header to other sites.
pub const REFERRER_POLICY: &str = "no-referrer";

/// Forbids frames in browsers that ignore `frame-ancestors` in the policy below.
pub const FRAME_OPTION: &str = "DENY";

/// The Content-Security-Policy header. `socket_origin`, such as `wss://example.com`, is needed only if
/// the socket's origin differs from the page's. (It has no path: a path would allow only that URL.)
pub fn content_security_policy(socket_origin: Option<&str>) -> String {
    format!("{}; frame-ancestors 'none'", policy(socket_origin))
}

/// The policy in the page's own `<meta>` tag, for every server. It allows any AWS host, because the
/// API's address is not known there, and lacks `frame-ancestors`, which works only in a header.
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
        "manifest-src 'self'",
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
    fn the_policy_allows_a_socket_at_another_origin() {
        let same_origin = content_security_policy(None);
        let connects = same_origin.contains("; connect-src 'self'; ");
        assert!(connects, "{same_origin}");
        let other_origin = content_security_policy(Some("wss://a.example"));
        let expected = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
            manifest-src 'self'; connect-src 'self' wss://a.example; base-uri 'none'; form-action 'none'; \
            require-trusted-types-for 'script'; frame-ancestors 'none'";
        assert_eq!(other_origin, expected);
    }
}
