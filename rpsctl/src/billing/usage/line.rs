//! The lines of the bill.

use serde::Serialize;

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Line {
    /// WebSocket messages, both ways.
    Messages,
    /// Minutes of connections that are closed.
    ConnectionMinutes,
    /// Minutes of connections that are open: an estimate.
    OpenConnections,
    /// Invocations.
    LambdaRequests,
    /// Memory, for as long as functions run.
    LambdaGbSeconds,
    /// Writes to the table, paid by the request.
    WriteUnits,
    /// Reads of the table, paid by the request.
    ReadUnits,
    /// Writes to the table, paid by the hour whether they happen or not.
    WriteCapacity,
    /// Reads of the table, paid by the hour.
    ReadCapacity,
    /// What lies in the table.
    Storage,
    /// The mapping's questions that found no message: they are asked whether anybody plays or not.
    IdlePolling,
    /// Messages sent, received and deleted.
    QueueRequests,
    /// What the functions write to their logs.
    LogsIngested,
    /// What is kept of it.
    LogsStored,
    /// The metrics out of log lines.
    CustomMetrics,
    /// The metrics that alarms watch.
    AlarmMetrics,
    /// The dashboard.
    Dashboards,
    /// What is sent to players.
    TransferOut,
    /// Requests for the players' page.
    PageRequests,
    /// The page's bytes.
    PageTransfer,
}

/// What a line grows with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grows {
    /// Each game adds to it.
    WithGames,
    /// It is there without games.
    WithTime,
}

impl Line {
    /// The service, in AWS's words.
    pub(crate) fn service(self) -> &'static str {
        match self {
            Self::Messages | Self::ConnectionMinutes | Self::OpenConnections => "API Gateway",
            Self::LambdaRequests | Self::LambdaGbSeconds => "Lambda",
            Self::WriteUnits
            | Self::ReadUnits
            | Self::WriteCapacity
            | Self::ReadCapacity
            | Self::Storage => "DynamoDB",
            Self::IdlePolling | Self::QueueRequests => "SQS",
            Self::LogsIngested
            | Self::LogsStored
            | Self::CustomMetrics
            | Self::AlarmMetrics
            | Self::Dashboards => "CloudWatch",
            Self::TransferOut => "Data transfer",
            Self::PageRequests | Self::PageTransfer => "CloudFront",
        }
    }

    /// What it is called under its service, with its unit.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::ConnectionMinutes => "connection-minutes",
            Self::OpenConnections => "minutes, open",
            Self::LambdaRequests => "requests",
            Self::LambdaGbSeconds => "GB-seconds",
            Self::WriteUnits => "write units",
            Self::ReadUnits => "read units",
            Self::WriteCapacity => "write capacity, h",
            Self::ReadCapacity => "read capacity, h",
            Self::Storage => "storage, GB",
            Self::IdlePolling => "idle polling",
            Self::QueueRequests => "requests of games",
            Self::LogsIngested => "logs written, GB",
            Self::LogsStored => "logs stored, GB",
            Self::CustomMetrics => "metrics",
            Self::AlarmMetrics => "alarm metrics",
            Self::Dashboards => "dashboards",
            Self::TransferOut => "to players, GB",
            Self::PageRequests => "page requests",
            Self::PageTransfer => "page, GB",
        }
    }

    /// What it grows with.
    pub(crate) fn grows(self) -> Grows {
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
            | Self::TransferOut => Grows::WithGames,
            // How often players load the page is theirs.
            Self::PageRequests
            | Self::PageTransfer
            | Self::WriteCapacity
            | Self::ReadCapacity
            | Self::Storage
            | Self::IdlePolling
            | Self::LogsStored
            | Self::CustomMetrics
            | Self::AlarmMetrics
            | Self::Dashboards => Grows::WithTime,
        }
    }
}
