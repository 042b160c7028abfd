//! Errors at the start, and errors that the services return.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub(crate) const JSON_1_0: &str = "application/x-amz-json-1.0";

/// Why the local AWS cannot start. Each message is one line for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("port {0} is in use: stop the program that uses it, or choose another port")]
    PortInUse(u16),
    #[error("cannot listen on {0}: {1}; choose another port")]
    Port(SocketAddr, std::io::Error),
    #[error(
        "cannot store the table in {0}: {1}; use a new file, or a file of an earlier local AWS"
    )]
    Data(PathBuf, String),
    #[error("the function {0} has no program at {1}: build it, or correct the path")]
    Program(&'static str, PathBuf),
}

/// An AWS service's error, in the form that the JSON and CBOR protocols share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AwsError {
    pub(crate) status: StatusCode,
    /// The error's name in the service's API model.
    pub(crate) kind: &'static str,
    /// The error's code in the older query protocol. SDKs prefer it to `kind`.
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

    /// The header in which SDKs look for the error's code first.
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

/// Makes an operation's response in one of AWS's JSON protocols.
pub(crate) fn respond(content_type: &'static str, result: Result<Value, AwsError>) -> Response {
    let content_type = [(CONTENT_TYPE, content_type)];
    match result {
        Ok(body) => (content_type, body.to_string()).into_response(),
        Err(error) => {
            let body = error.body().to_string();
            (error.status, content_type, error.header(), body).into_response()
        }
    }
}
