//! Helpers: a local AWS with functions, its log, players and AWS requests.

pub(crate) mod function;
pub(crate) mod host;
pub(crate) mod http;
pub(crate) mod meter;
pub(crate) mod player;
pub(crate) mod sdk;

use aws_lambda_events::sqs::SqsEvent;
use rps_contract::names::Function;
use rps_local::{Local, Options};
pub(crate) use rps_testkit::{soon, until};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// A running local AWS and the log lines of its functions.
pub(crate) struct Host {
    pub(crate) local: Local,
    pub(crate) log: Log,
}

pub(crate) struct Log(mpsc::UnboundedReceiver<(Function, String)>);

/// Options that run all four functions with this executable.
pub(crate) fn options() -> Options {
    Options {
        concurrency: 2,
        ..Options::default()
    }
    .functions(&std::env::current_exe().unwrap(), |_| {
        ["function_process", "--exact", "--ignored", "--nocapture"]
            .map(str::to_owned)
            .to_vec()
    })
}

pub(crate) async fn host() -> Host {
    Host::start(options()).await
}

impl Host {
    /// Starts a local AWS with changed options.
    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let mut options = options();
        change(&mut options);
        Self::start(options).await
    }

    pub(crate) async fn start(options: Options) -> Self {
        let (sender, lines) = mpsc::unbounded_channel();
        let options = options.on_log(move |function, line| {
            drop(sender.send((function, line.to_owned())));
        });
        let local = rps_local::start(options).await.unwrap();
        let log = Log(lines);
        Self { local, log }
    }

    pub(crate) fn management_url(&self, id: &str) -> String {
        let id = id.replace('=', "%3D");
        format!("{}/%40connections/{id}", self.local.urls().management_url)
    }

    /// Requests a numeric attribute of the queue.
    pub(crate) async fn queue_attribute(&self, attribute: &str) -> u64 {
        let urls = self.local.urls();
        let request = json!({ "QueueUrl": urls.queue_url, "AttributeNames": [attribute] });
        let target = "AmazonSQS.GetQueueAttributes";
        let response = http::aws(&urls.endpoint, target, &request).await.json();
        let number = &response["Attributes"][attribute];
        number.as_str().unwrap().parse().unwrap()
    }

    pub(crate) async fn send_message(&self, body: &str, delay_s: u64) {
        let urls = self.local.urls();
        let message =
            json!({ "QueueUrl": urls.queue_url, "MessageBody": body, "DelaySeconds": delay_s });
        let response = http::aws(&urls.endpoint, "AmazonSQS.SendMessage", &message).await;
        assert_eq!(response.status, 200, "{}", response.text());
    }
}

impl Log {
    /// Waits for a line with the prefix and returns the rest of the line.
    pub(crate) async fn line(&mut self, prefix: &str) -> String {
        self.function_line(prefix).await.1
    }

    pub(crate) async fn function_line(&mut self, prefix: &str) -> (Function, String) {
        soon(async {
            loop {
                let (function, line) = self.0.recv().await.expect("the local AWS has ended");
                if let Some(rest) = line.strip_prefix(prefix) {
                    return (function, rest.trim().to_owned());
                }
            }
        })
        .await
    }

    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        loop {
            let event: Value = serde_json::from_str(&self.line("EVENT ").await).unwrap();
            if event["requestContext"]["eventType"] == kind {
                return event;
            }
        }
    }

    /// Whether the unread lines contain no batch event.
    pub(crate) fn has_no_batch(&mut self) -> bool {
        let lines = std::iter::from_fn(|| self.0.try_recv().ok());
        lines
            .into_iter()
            .all(|(_, line)| !line.contains("\"Records\""))
    }

    pub(crate) async fn batch(&mut self) -> SqsEvent {
        loop {
            let event: Value = serde_json::from_str(&self.line("EVENT ").await).unwrap();
            if event["Records"].is_array() {
                return serde_json::from_value(event).unwrap();
            }
        }
    }
}

/// Waits for the end of any process.
pub(crate) async fn until_ended(pid: u64) {
    until(async || !is_running(pid)).await;
}

/// Waits until the local AWS has noticed the end of a process.
pub(crate) async fn until_reaped(pid: u64) {
    let process = format!("/proc/{pid}");
    until(async || !std::path::Path::new(&process).exists()).await;
}

/// Whether the process runs. A zombie does not run.
pub(crate) fn is_running(pid: u64) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}
