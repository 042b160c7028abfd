//! The players' page, as CloudFront serves it.

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use rps_contract::page::{
    CACHE_CONTROL, CONFIG, Config, FILES, FRAME_OPTION, File, INDEX, REFERRER_POLICY,
    content_security_policy,
};

use crate::names::STAGE;

/// What is in [`FILES`], in their order.
const CONTENTS: [&[u8]; FILES.len()] = [
    include_bytes!("../../../pulumi/site/index.html"),
    include_bytes!("../../../pulumi/site/style.css"),
    include_bytes!("../../../pulumi/site/page.js"),
    include_bytes!("../../../pulumi/site/game.js"),
    include_bytes!("../../../pulumi/site/words.js"),
    include_bytes!("../../../pulumi/site/icon.svg"),
];

/// The players' page. It looks for the socket at `/ws` of the host it is reached by, because the port may be forwarded
/// from another.
///
/// Of what CloudFront says it leaves out that browsers use HTTPS from now on.
pub fn page() -> Router {
    let mut page = Router::new();
    for (file, content) in FILES.into_iter().zip(CONTENTS) {
        let answer = get(answer(file, Bytes::from_static(content)));
        if file.name == INDEX {
            page = page.route("/", answer.clone());
        }
        page = page.route(&path(file), answer);
    }
    let config = Config {
        socket: format!("/{STAGE}"),
    };
    // Plain data: it always serializes.
    let config = serde_json::to_vec(&config).unwrap_or_default();
    page.route(&path(CONFIG), get(answer(CONFIG, config.into())))
}

fn path(file: File) -> String {
    format!("/{}", file.name)
}

fn answer(file: File, content: Bytes) -> impl IntoResponse + Clone + Send + Sync + 'static {
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
