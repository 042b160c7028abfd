//! What CloudWatch counts of the API, and what is billed of it.

use std::{convert::Infallible, time::Duration};

use tokio::time::sleep;

use super::{
    API, Gateway, STAGE,
    connections::{Connection, Gone},
};
use crate::metrics::{Metric, billed};

/// "The number of messages sent to the $connect route integration", refused ones too.
const CONNECTS: Metric = of_stage("ConnectCount");
/// "The number of messages sent to the WebSocket API, either from or to the client."
const MESSAGES: Metric = of_stage("MessageCount");

const fn of_stage(name: &'static str) -> Metric {
    Metric {
        namespace: "AWS/ApiGateway",
        name,
        dimensions: &["ApiId", "Stage"],
        unit: "Count",
    }
}

impl Gateway {
    pub(super) fn count_connect(&self) {
        self.metrics.count(CONNECTS, &[API, STAGE], 1.0);
    }

    /// A message of so many bytes from or to a client.
    pub(super) fn count_message(&self, bytes: usize) {
        self.metrics.count(MESSAGES, &[API, STAGE], 1.0);
        let billed = billed::messages(bytes);
        self.metrics.count(billed::MESSAGES, &[], billed);
    }

    /// Sends to a client, and counts what it takes.
    pub(super) fn send(&self, connection: &Connection, text: String) -> Result<(), Gone> {
        let bytes = text.len();
        connection.send(text)?;
        self.count_message(bytes);
        Ok(())
    }

    /// A minute of a connection has begun.
    pub(super) fn count_minute(&self) {
        self.metrics.count(billed::CONNECTION_MINUTES, &[], 1.0);
    }

    /// Counts each minute of a connection but the first, for as long as somebody waits for it.
    pub(super) async fn count_later_minutes(&self) -> Infallible {
        loop {
            sleep(Duration::from_mins(1)).await;
            self.count_minute();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use tokio::time::timeout;

    use super::Gateway;
    use crate::{Options, Urls, lambda::Lambda, metrics::Metrics};

    #[tokio::test(start_paused = true)]
    async fn each_minute_counts_when_it_begins() {
        let (options, urls) = (Options::default(), Urls::on(1));
        let metrics = Arc::new(Metrics::default());
        let lambda = Arc::new(Lambda::new(&options, &urls, &metrics));
        let gateway = Gateway::new(lambda, &options, &urls, &metrics);
        for (open_s, minutes) in [(59, 1), (61, 1 + 2), (7199, 1 + 2 + 120)] {
            gateway.count_minute();
            let open = Duration::from_secs(open_s);
            drop(timeout(open, gateway.count_later_minutes()).await);
            let series = metrics.series("rps-local/Billed", "ConnectionMinutes", &[]);
            let counted: f64 = series.unwrap_or_default().1.values().map(|it| it.sum).sum();
            assert!(
                (counted - f64::from(minutes)).abs() < 0.5,
                "{open_s} s: {counted}"
            );
        }
    }
}
