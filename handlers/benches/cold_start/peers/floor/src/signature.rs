//! AWS Signature Version 4 for DynamoDB.

use std::fmt::Write as _;

use ring::digest::{SHA256, digest};
use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::variable;

pub struct Signer {
    id: String,
    secret: String,
    token: String,
    region: String,
}

impl Signer {
    pub fn new() -> Self {
        Self {
            id: variable("AWS_ACCESS_KEY_ID"),
            secret: variable("AWS_SECRET_ACCESS_KEY"),
            token: variable("AWS_SESSION_TOKEN"),
            region: variable("AWS_REGION"),
        }
    }

    /// The headers of a request, with their signature.
    pub fn headers(&self, host: &str, operation: &str, body: &str, now_s: u64) -> String {
        const NAMES: &str = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";
        let (date, time) = date_and_time(now_s);
        let token = &self.token;
        let headers = format!(
            "content-type:application/x-amz-json-1.0\nhost:{host}\nx-amz-date:{date}T{time}Z\n\
             x-amz-security-token:{token}\nx-amz-target:DynamoDB_20120810.{operation}\n"
        );
        let hash = hex(digest(&SHA256, body.as_bytes()).as_ref());
        let request = format!("POST\n/\n\n{headers}\n{NAMES}\n{hash}");
        let hash = hex(digest(&SHA256, request.as_bytes()).as_ref());
        let scope = format!("{date}/{}/dynamodb/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{date}T{time}Z\n{scope}\n{hash}");
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in scope.split('/').chain([text.as_str()]) {
            let tag = sign(&Key::new(HMAC_SHA256, &key), part.as_bytes());
            key = tag.as_ref().to_vec();
        }
        let (id, signature) = (&self.id, hex(&key));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={NAMES}, Signature={signature}"
        );
        headers.replace('\n', "\r\n") + &format!("authorization: {authorization}\r\n")
    }
}

/// `20260101` and `000000`.
fn date_and_time(now_s: u64) -> (String, String) {
    // Days since 0000-03-01, so that a leap day is the last day of a year.
    let days = now_s / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = match month {
        0..10 => (year + era * 400, month + 3),
        _ => (year + era * 400 + 1, month - 9),
    };
    let (hour, minute, second) = (now_s / 3600 % 24, now_s / 60 % 60, now_s % 60);
    (
        format!("{year:04}{month:02}{day:02}"),
        format!("{hour:02}{minute:02}{second:02}"),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
