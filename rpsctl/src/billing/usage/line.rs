use serde::Serialize;

use crate::billing::prices::BilledItem;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BillLine {
    Messages,
    /// Minutes of closed connections.
    ConnectionMinutes,
    /// Minutes of open connections, an estimate.
    OpenConnections,
    LambdaRequests,
    LambdaGbSeconds,
    /// On-demand units, paid by the request.
    WriteUnits,
    /// Reads of games.
    ReadUnits,
    /// Reads of `rpsctl`, an estimate.
    OperatorReads,
    /// Provisioned units, paid by the hour.
    WriteCapacity,
    ReadCapacity,
    Storage,
    /// The event source mapping's receives that return no message. They do not depend on games.
    IdlePolling,
    /// Messages sent, received and deleted.
    QueueRequests,
    LogsIngested,
    LogsStored,
    /// The metrics that filters extract from logs.
    CustomMetrics,
    /// The metrics that alarms watch.
    AlarmMetrics,
    Dashboards,
    TransferOut,
    PageRequests,
    PageTransfer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    WithGames,
    /// Independent of games.
    WithTime,
}

const API: &str = "API Gateway";
const LAMBDA: &str = "Lambda";
const DYNAMO: &str = "DynamoDB";
const SQS: &str = "SQS";
const WATCH: &str = "CloudWatch";
const TRANSFER: &str = "Data transfer";
const CDN: &str = "CloudFront";

impl BillLine {
    /// The service and the line's title under it.
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Messages => (API, "messages"),
            Self::ConnectionMinutes => (API, "connection-minutes"),
            Self::OpenConnections => (API, "minutes, open"),
            Self::LambdaRequests => (LAMBDA, "requests"),
            Self::LambdaGbSeconds => (LAMBDA, "GB-seconds"),
            Self::WriteUnits => (DYNAMO, "write units"),
            Self::ReadUnits => (DYNAMO, "read units"),
            Self::OperatorReads => (DYNAMO, "operators' reads"),
            Self::WriteCapacity => (DYNAMO, "write capacity, h"),
            Self::ReadCapacity => (DYNAMO, "read capacity, h"),
            Self::Storage => (DYNAMO, "storage, GB"),
            Self::IdlePolling => (SQS, "idle polling"),
            Self::QueueRequests => (SQS, "requests of games"),
            Self::LogsIngested => (WATCH, "logs written, GB"),
            Self::LogsStored => (WATCH, "logs stored, GB"),
            Self::CustomMetrics => (WATCH, "metrics"),
            Self::AlarmMetrics => (WATCH, "alarm metrics"),
            Self::Dashboards => (WATCH, "dashboards"),
            Self::TransferOut => (TRANSFER, "to players, GB"),
            Self::PageRequests => (CDN, "page requests"),
            Self::PageTransfer => (CDN, "page, GB"),
        }
    }

    pub(crate) fn service(self) -> &'static str {
        self.labels().0
    }

    pub(crate) fn title(self) -> &'static str {
        self.labels().1
    }

    pub(crate) fn item(self) -> BilledItem {
        match self {
            Self::Messages => BilledItem::WebsocketMessages,
            Self::ConnectionMinutes | Self::OpenConnections => BilledItem::ConnectionMinutes,
            Self::LambdaRequests => BilledItem::LambdaRequests,
            // `lambda` replaces the item if the functions run on x86.
            Self::LambdaGbSeconds => BilledItem::LambdaGbSecondsArm64,
            Self::WriteUnits => BilledItem::WriteUnits,
            Self::ReadUnits | Self::OperatorReads => BilledItem::ReadUnits,
            Self::WriteCapacity => BilledItem::WriteCapacityHours,
            Self::ReadCapacity => BilledItem::ReadCapacityHours,
            Self::Storage => BilledItem::TableGbMonths,
            Self::IdlePolling | Self::QueueRequests => BilledItem::SqsRequests,
            Self::LogsIngested => BilledItem::LogsIngestedGb,
            Self::LogsStored => BilledItem::LogsStoredGbMonths,
            Self::CustomMetrics => BilledItem::CustomMetrics,
            Self::AlarmMetrics => BilledItem::AlarmMetrics,
            Self::Dashboards => BilledItem::Dashboards,
            Self::TransferOut => BilledItem::InternetGb,
            Self::PageRequests => BilledItem::CdnRequests,
            Self::PageTransfer => BilledItem::CdnGb,
        }
    }

    pub(crate) fn growth(self) -> Growth {
        match self {
            Self::Messages
            | Self::ConnectionMinutes
            | Self::OpenConnections
            | Self::LambdaRequests
            | Self::LambdaGbSeconds
            | Self::WriteUnits
            | Self::ReadUnits
            | Self::QueueRequests
            | Self::LogsIngested
            | Self::TransferOut => Growth::WithGames,
            Self::OperatorReads
            | Self::WriteCapacity
            | Self::ReadCapacity
            | Self::Storage
            | Self::IdlePolling
            | Self::LogsStored
            | Self::CustomMetrics
            | Self::AlarmMetrics
            | Self::Dashboards
            // Players load the page independently of games.
            | Self::PageRequests
            | Self::PageTransfer => Growth::WithTime,
        }
    }
}
