//! A host with functions, a player, and a caller of AWS.

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

pub(crate) struct Host {
    pub(crate) local: Local,
    pub(crate) log: Log,
}

pub(crate) struct Log(mpsc::UnboundedReceiver<(Function, String)>);

/// Options with this executable as all four functions.
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
    /// A host with another option.
    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let mut options = options();
        change(&mut options);
        Self::start(options).await
    }

    pub(crate) async fn start(options: Options) -> Self {
        let (lines_in, lines) = mpsc::unbounded_channel();
        let options = options.on_log(move |function, line| {
            drop(lines_in.send((function, line.to_owned())));
        });
        let local = rps_local::start(options).await.unwrap();
        let log = Log(lines);
        Self { local, log }
    }

    pub(crate) fn management_url(&self, id: &str) -> String {
        let id = id.replace('=', "%3D");
        format!("{}/%40connections/{id}", self.local.urls().management_url)
    }

    /// A number of the queue's attributes, read as clients do.
    pub(crate) async fn queued(&self, attribute: &str) -> u64 {
        let urls = self.local.urls();
        let request = json!({ "QueueUrl": urls.queue_url, "AttributeNames": [attribute] });
        let target = "AmazonSQS.GetQueueAttributes";
        let answer = http::aws(&urls.endpoint, target, &request).await.json();
        let number = &answer["Attributes"][attribute];
        number.as_str().unwrap().parse().unwrap()
    }

    pub(crate) async fn send_message(&self, body: &str, delay_s: u64) {
        let urls = self.local.urls();
        let message =
            json!({ "QueueUrl": urls.queue_url, "MessageBody": body, "DelaySeconds": delay_s });
        let answer = http::aws(&urls.endpoint, "AmazonSQS.SendMessage", &message).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

impl Log {
    /// The rest of the next line that starts so.
    pub(crate) async fn line(&mut self, start: &str) -> String {
        self.function_line(start).await.1
    }

    pub(crate) async fn function_line(&mut self, start: &str) -> (Function, String) {
        soon(async {
            loop {
                let (function, line) = self.0.recv().await.expect("the host is gone");
                if let Some(rest) = line.strip_prefix(start) {
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

    /// Whether no batch was handed over, of all lines not read yet.
    pub(crate) fn nothing_of_a_batch(&mut self) -> bool {
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

/// Waits for the end of a process that is not this one's child.
pub(crate) async fn gone(pid: u64) {
    until(async || !is_running(pid)).await;
}

/// Waits until the host has noticed the end of a process.
pub(crate) async fn reaped(pid: u64) {
    let process = format!("/proc/{pid}");
    until(async || !std::path::Path::new(&process).exists()).await;
}

/// Whether the process runs; one that has ended and was not waited for does not.
pub(crate) fn is_running(pid: u64) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}
