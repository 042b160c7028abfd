//! Serves the players' page like CloudFront.

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use rps_contract::page::{
    CACHE_CONTROL, CONFIG, Config, FILES, FRAME_OPTION, File, INDEX, REFERRER_POLICY,
    content_security_policy,
};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::names::STAGE;

/// The contents of [`FILES`], in the same order.
const CONTENTS: [&[u8]; FILES.len()] = [
    include_bytes!("../../../pulumi/site/index.html"),
    include_bytes!("../../../pulumi/site/style.css"),
    include_bytes!("../../../pulumi/site/page.js"),
    include_bytes!("../../../pulumi/site/game.js"),
    include_bytes!("../../../pulumi/site/sound.js"),
    include_bytes!("../../../pulumi/site/words.js"),
    include_bytes!("../../../pulumi/site/icon.svg"),
    include_bytes!("../../../pulumi/site/manifest.webmanifest"),
    include_bytes!("../../../pulumi/site/icon-192.png"),
    include_bytes!("../../../pulumi/site/icon-512.png"),
    include_bytes!("../../../pulumi/site/preview.png"),
];

/// The players' page. It connects to `/ws` on its own host and port, because a user may forward the port.
///
/// The responses have CloudFront's headers except `Strict-Transport-Security`, because this server has no HTTPS.
pub fn page() -> Router {
    let mut page = Router::new();
    for (file, content) in FILES.into_iter().zip(CONTENTS) {
        let handler = get(response(file, Bytes::from_static(content)));
        if file.name == INDEX {
            page = page.route("/", handler.clone());
        }
        page = page.route(&path(file), handler);
    }
    let config = Config {
        socket: format!("/{STAGE}"),
        closed: false,
    };
    // The config is plain data, so serialization cannot fail.
    let config = serde_json::to_vec(&config).unwrap_or_default();
    page.route(&path(CONFIG), get(response(CONFIG, config.into())))
        .layer(CompressionLayer::new().quality(CompressionLevel::Best))
}

/// Whether a path is that of one of the page's files.
pub(crate) fn is_file(requested: &str) -> bool {
    let mut files = FILES.into_iter().chain([CONFIG]);
    requested == "/" || files.any(|file| path(file) == requested)
}

fn path(file: File) -> String {
    format!("/{}", file.name)
}

fn response(file: File, content: Bytes) -> impl IntoResponse + Clone + Send + Sync + 'static {
    let headers = [
        (header::CONTENT_TYPE, file.content_type),
        (header::CACHE_CONTROL, CACHE_CONTROL),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, FRAME_OPTION),
        (header::REFERRER_POLICY, REFERRER_POLICY),
    ];
    let policy = content_security_policy(None);
    (
        headers,
        [(header::CONTENT_SECURITY_POLICY, policy)],
        content,
    )
}
