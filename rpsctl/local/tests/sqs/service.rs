//! A service to ask, and the questions most tests ask it.

use rps_local::sqs::Sqs;
use serde_json::{Value, json};

pub(crate) const ENDPOINT: &str = "http://127.0.0.1:4566";
pub(crate) const DLQ_ARN: &str = "arn:aws:sqs:us-east-1:000000000000:dead";
pub(crate) const ROUNDS_ARN: &str = "arn:aws:sqs:us-east-1:000000000000:rounds";

/// A service with the queue `rounds` and its dead-letter queue `dead`.
pub(crate) struct Service(pub(crate) Sqs);

impl Service {
    pub(crate) fn new() -> Self {
        let sqs = Sqs::new(ENDPOINT);
        sqs.create_queue("dead", []).expect("created");
        let redrive = format!(r#"{{"deadLetterTargetArn":"{DLQ_ARN}","maxReceiveCount":2}}"#);
        let attributes = [("VisibilityTimeout", "10"), ("RedrivePolicy", &redrive)];
        sqs.create_queue("rounds", attributes).expect("created");
        Self(sqs)
    }

    /// Status, `x-amzn-query-error` and body of one request to the queue `rounds`.
    pub(crate) async fn call(
        &self,
        operation: &str,
        mut request: Value,
    ) -> (u16, Option<String>, Value) {
        if request.get("QueueUrl").is_none() {
            request["QueueUrl"] = json!(format!("{ENDPOINT}/000000000000/rounds"));
        }
        let response = self
            .0
            .handle(operation, request.to_string().as_bytes())
            .await;
        let query_error = response.headers().get("x-amzn-query-error");
        let query_error = query_error.map(|value| value.to_str().expect("text").to_owned());
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        (response.status().as_u16(), query_error, body)
    }

    pub(crate) async fn ok(&self, operation: &str, request: Value) -> Value {
        let (status, _, body) = self.call(operation, request).await;
        assert_eq!(status, 200, "{operation}: {body}");
        body
    }

    /// The code of a refusal, none if it succeeded.
    pub(crate) async fn refusal(&self, operation: &str, request: Value) -> Option<String> {
        let (status, query_error, body) = self.call(operation, request).await;
        assert_eq!(status >= 400, query_error.is_some(), "{operation}: {body}");
        query_error.map(|error| {
            error
                .strip_suffix(";Sender")
                .expect("the sender's fault")
                .to_owned()
        })
    }

    pub(crate) async fn send(&self, body: &str, delay_s: u64) {
        self.ok(
            "SendMessage",
            json!({"MessageBody": body, "DelaySeconds": delay_s}),
        )
        .await;
    }

    /// A receive of one message with everything about it, waiting up to 20 s.
    pub(crate) async fn receive(&self, queue: &str) -> Value {
        let request = json!({
            "QueueUrl": queue,
            "WaitTimeSeconds": 20,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        let mut answer = self.ok("ReceiveMessage", request).await;
        answer
            .pointer_mut("/Messages/0")
            .map_or(Value::Null, Value::take)
    }

    pub(crate) async fn count(&self, queue: &str) -> [String; 3] {
        let request = json!({"QueueUrl": queue, "AttributeNames": ["All"]});
        let attributes = self.ok("GetQueueAttributes", request).await["Attributes"].take();
        ["", "NotVisible", "Delayed"].map(|kind| {
            let name = format!("ApproximateNumberOfMessages{kind}");
            attributes[name].as_str().expect("a count").to_owned()
        })
    }

    /// Fails a message twice, so that the next receive finds it dead, and looks.
    pub(crate) async fn kill(&self, body: &str) {
        self.send(body, 0).await;
        for _ in 0..2 {
            assert_eq!(self.receive("rounds").await["Body"], body);
        }
        assert_eq!(self.receive("rounds").await, Value::Null);
    }
}
