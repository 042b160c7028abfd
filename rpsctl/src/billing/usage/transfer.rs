//! What leaves the region for the internet.

use rps_contract::stack::Stack;
use rps_game::{ErrorCode, Outcome, Play, Reason, ServerMessage};
use rust_decimal::Decimal;
use strum::VariantArray;

use crate::aws::Metric;
use crate::billing::usage::api_gateway::Counted;
use crate::billing::usage::ask::Ask;
use crate::billing::usage::{GB, Line, Used, times};
use crate::target::Target;

/// The region whose CloudWatch has the numbers of CloudFront
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html>).
const CLOUDFRONT_REGION: &str = "us-east-1";

pub(super) fn to_players(sockets: &Counted) -> Used {
    let bytes = longest_frame_bytes();
    let messages = sockets.messages.clone();
    let gb = messages.map(|hours| times(&hours, Decimal::from(bytes) / GB));
    let used = Used::counted(Line::TransferOut, gb);
    if used.note.is_some() {
        return used;
    }
    used.estimate(format!(
        "estimate: each message, either way, as long as the longest that players get, {bytes} bytes, and nothing \
         for WebSocket and TLS"
    ))
}

fn longest_frame_bytes() -> usize {
    let game = || "0".repeat(32).as_str().into();
    let over = |reason| ServerMessage::GameOver {
        game: game(),
        rounds: 12,
        outcome: Outcome::Abandoned,
        reason,
        you: Some(Play::Scissors),
        opponent: Some(Play::Scissors),
    };
    let over = [Reason::OpponentDidNotPlay, Reason::EndedByOperator].map(over);
    let errors = ErrorCode::VARIANTS
        .iter()
        .map(|code| ServerMessage::from(*code));
    let frames = over.into_iter().chain(errors);
    frames
        .map(|it| it.to_frame().len())
        .max()
        .unwrap_or_default()
}

/// What players load before they play, if the stack serves a page.
pub(super) async fn page(ask: &Ask<'_>) -> Vec<Used> {
    let distribution = match &ask.parts {
        Ok(Stack {
            distribution: Some(distribution),
            ..
        }) => distribution,
        Ok(Stack { page: None, .. }) => return Vec::new(),
        // That of a `rpsctl local` comes from nowhere else.
        Ok(_) if matches!(ask.deployment.target(), Target::Local { .. }) => return Vec::new(),
        Ok(_) => {
            return unknown(
                "its distribution is not known: `pulumi up` writes it down; run it again",
            );
        }
        Err(why) => return unknown(why),
    };
    let metric = |name| Metric {
        region: Some(CLOUDFRONT_REGION),
        ..Metric::new(
            "AWS/CloudFront",
            name,
            [
                ("DistributionId", distribution.clone()),
                ("Region", "Global".to_owned()),
            ],
        )
    };
    let (requests, bytes) = (metric("Requests"), metric("BytesDownloaded"));
    let (requests, bytes) = tokio::join!(ask.sums(&requests), ask.sums(&bytes));
    let gb = bytes.map(|bytes| times(&bytes, Decimal::ONE / GB));
    vec![
        Used::counted(Line::PageRequests, requests),
        Used::counted(Line::PageTransfer, gb),
    ]
}

fn unknown(why: &str) -> Vec<Used> {
    [Line::PageRequests, Line::PageTransfer]
        .map(|line| Used::unknown(line, why))
        .into()
}
