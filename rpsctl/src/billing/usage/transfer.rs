//! Usage of data transfer from the region to the internet.

use rps_contract::stack::Stack;
use rps_game::{ErrorCode, Outcome, Play, Reason, ServerMessage};
use rust_decimal::Decimal;
use strum::VariantArray;

use crate::aws::Metric;
use crate::billing::usage::api_gateway::ApiMetrics;
use crate::billing::usage::query::UsageQuery;
use crate::billing::usage::{BillLine, GB, LineUsage, times};
use crate::target::Target;

/// The region whose CloudWatch has the metrics of CloudFront
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html>).
const CLOUDFRONT_REGION: &str = "us-east-1";

pub(super) fn to_players(api: &ApiMetrics) -> LineUsage {
    let bytes = longest_frame_bytes();
    let messages = api.messages.clone();
    let gb = messages.map(|hours| times(&hours, Decimal::from(bytes) / GB));
    let used = LineUsage::measured(BillLine::TransferOut, gb);
    if used.note.is_some() {
        return used;
    }
    used.estimate(format!(
        "estimate: counts every message in both directions as {bytes} bytes, the longest that players get, without \
         WebSocket and TLS overhead"
    ))
}

fn longest_frame_bytes() -> usize {
    let game = || "0".repeat(16).as_str().into();
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

/// The players' page, if the stack serves one.
pub(super) async fn page(query: &UsageQuery<'_>) -> Vec<LineUsage> {
    let distribution = match &query.parts {
        Ok(Stack {
            distribution: Some(distribution),
            ..
        }) => distribution,
        Ok(Stack { page: None, .. }) => return Vec::new(),
        // `rpsctl local` serves its page itself.
        Ok(_) if matches!(query.deployment.target(), Target::Local { .. }) => return Vec::new(),
        Ok(_) => {
            return unknown(
                "the stack description has no CloudFront distribution; run `pulumi up` to write it",
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
    let (requests, bytes) = tokio::join!(query.sums(&requests), query.sums(&bytes));
    let gb = bytes.map(|bytes| times(&bytes, Decimal::ONE / GB));
    vec![
        LineUsage::measured(BillLine::PageRequests, requests),
        LineUsage::measured(BillLine::PageTransfer, gb),
    ]
}

fn unknown(why: &str) -> Vec<LineUsage> {
    [BillLine::PageRequests, BillLine::PageTransfer]
        .map(|line| LineUsage::unknown(line, why))
        .into()
}
