//! Why the local AWS did not start, and the errors that its services answer.

use std::path::PathBuf;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub(crate) const JSON_1_0: &str = "application/x-amz-json-1.0";

/// Why the local AWS did not start, each in one line for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("port {0} is in use: stop what listens there, or choose another port")]
    PortInUse(u16),
    #[error("cannot listen on 127.0.0.1:{0}: {1}")]
    Port(u16, std::io::Error),
    #[error("cannot keep the table in {0}: {1}; name a new file, or one that was made here")]
    Data(PathBuf, String),
    #[error("the program of the function {0} is not there: {1}")]
    Program(&'static str, PathBuf),
}

/// The error of an AWS service, in the form that its JSON and CBOR protocols share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AwsError {
    pub(crate) status: StatusCode,
    /// The error's name in the model of the service's API.
    pub(crate) kind: &'static str,
    /// The error's code in the service's older query protocol, which SDKs prefer to `kind`.
    pub(crate) query_code: Option<&'static str>,
    pub(crate) message: String,
}

impl AwsError {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            query_code: None,
            message: message.into(),
        }
    }

    pub(crate) fn bad_request(kind: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, message)
    }

    pub(crate) fn with_query_code(self, code: &'static str) -> Self {
        Self {
            query_code: Some(code),
            ..self
        }
    }

    /// The header that SDKs read first.
    pub(crate) fn header(&self) -> [(&'static str, String); 1] {
        match self.query_code {
            Some(code) => [("x-amzn-query-error", format!("{code};Sender"))],
            None => [("x-amzn-errortype", self.kind.to_owned())],
        }
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "__type": self.kind, "message": self.message })
    }
}

impl IntoResponse for AwsError {
    fn into_response(self) -> Response {
        respond(JSON_1_0, Err(self))
    }
}

/// The answer of an operation in one of AWS's JSON protocols.
pub(crate) fn respond(content_type: &'static str, answer: Result<Value, AwsError>) -> Response {
    let content_type = [(CONTENT_TYPE, content_type)];
    match answer {
        Ok(body) => (content_type, body.to_string()).into_response(),
        Err(error) => {
            let body = error.body().to_string();
            (error.status, content_type, error.header(), body).into_response()
        }
    }
}
