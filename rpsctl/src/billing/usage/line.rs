use serde::Serialize;

use crate::billing::prices::Item;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Line {
    Messages,
    /// Minutes of connections that are closed.
    ConnectionMinutes,
    /// Minutes of connections that are open: an estimate.
    OpenConnections,
    LambdaRequests,
    LambdaGbSeconds,
    /// Paid by the request.
    WriteUnits,
    ReadUnits,
    /// Paid by the hour, whether they happen or not.
    WriteCapacity,
    ReadCapacity,
    Storage,
    /// The mapping's questions that found no message: they are asked whether anybody plays or not.
    IdlePolling,
    /// Messages sent, received and deleted.
    QueueRequests,
    LogsIngested,
    LogsStored,
    /// The metrics out of log lines.
    CustomMetrics,
    /// The metrics that alarms watch.
    AlarmMetrics,
    Dashboards,
    TransferOut,
    PageRequests,
    PageTransfer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grows {
    WithGames,
    /// It is there without games.
    WithTime,
}

const API: &str = "API Gateway";
const LAMBDA: &str = "Lambda";
const DYNAMO: &str = "DynamoDB";
const SQS: &str = "SQS";
const WATCH: &str = "CloudWatch";
const TRANSFER: &str = "Data transfer";
const CDN: &str = "CloudFront";

impl Line {
    /// The service in AWS's words, what the line is called under it, what AWS charges for, and what it grows with.
    fn row(self) -> (&'static str, &'static str, Item, Grows) {
        use Grows::{WithGames, WithTime};
        match self {
            Self::Messages => (API, "messages", Item::WebsocketMessages, WithGames),
            Self::ConnectionMinutes => (
                API,
                "connection-minutes",
                Item::ConnectionMinutes,
                WithGames,
            ),
            Self::OpenConnections => (API, "minutes, open", Item::ConnectionMinutes, WithGames),
            Self::LambdaRequests => (LAMBDA, "requests", Item::LambdaRequests, WithGames),
            // Unless the functions run on x86.
            Self::LambdaGbSeconds => (LAMBDA, "GB-seconds", Item::LambdaGbSecondsArm64, WithGames),
            Self::WriteUnits => (DYNAMO, "write units", Item::WriteUnits, WithGames),
            Self::ReadUnits => (DYNAMO, "read units", Item::ReadUnits, WithGames),
            Self::WriteCapacity => (
                DYNAMO,
                "write capacity, h",
                Item::WriteCapacityHours,
                WithTime,
            ),
            Self::ReadCapacity => (
                DYNAMO,
                "read capacity, h",
                Item::ReadCapacityHours,
                WithTime,
            ),
            Self::Storage => (DYNAMO, "storage, GB", Item::TableGbMonths, WithTime),
            Self::IdlePolling => (SQS, "idle polling", Item::SqsRequests, WithTime),
            Self::QueueRequests => (SQS, "requests of games", Item::SqsRequests, WithGames),
            Self::LogsIngested => (WATCH, "logs written, GB", Item::LogsIngestedGb, WithGames),
            Self::LogsStored => (WATCH, "logs stored, GB", Item::LogsStoredGbMonths, WithTime),
            Self::CustomMetrics => (WATCH, "metrics", Item::CustomMetrics, WithTime),
            Self::AlarmMetrics => (WATCH, "alarm metrics", Item::AlarmMetrics, WithTime),
            Self::Dashboards => (WATCH, "dashboards", Item::Dashboards, WithTime),
            Self::TransferOut => (TRANSFER, "to players, GB", Item::InternetGb, WithGames),
            // How often players load the page is theirs.
            Self::PageRequests => (CDN, "page requests", Item::CdnRequests, WithTime),
            Self::PageTransfer => (CDN, "page, GB", Item::CdnGb, WithTime),
        }
    }

    pub(crate) fn service(self) -> &'static str {
        self.row().0
    }

    pub(crate) fn title(self) -> &'static str {
        self.row().1
    }

    pub(crate) fn item(self) -> Item {
        self.row().2
    }

    pub(crate) fn grows(self) -> Grows {
        self.row().3
    }
}
