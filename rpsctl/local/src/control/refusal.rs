//! The errors of Lambda's REST API, with AWS's texts where they are known.

use axum::{
    body::Body,
    http::{Response, StatusCode, header},
    response::IntoResponse,
};
use serde_json::json;

/// Why an operation was refused.
pub(super) enum Refusal {
    /// Something without a name of its own is not there.
    NoResource,
    /// No function has that ARN.
    NoFunction(String),
    /// The mapping is still carrying out an earlier update.
    MappingInUse,
    /// What was sent makes no sense, or is not done here.
    Parameter(String),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoResource | Self::NoFunction(_) => StatusCode::NOT_FOUND,
            Self::MappingInUse | Self::Parameter(_) => StatusCode::BAD_REQUEST,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoResource | Self::NoFunction(_) => "ResourceNotFoundException",
            Self::MappingInUse => "ResourceInUseException",
            Self::Parameter(_) => "InvalidParameterValueException",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoResource => "The resource you requested does not exist.".to_owned(),
            Self::NoFunction(arn) => format!("Function not found: {arn}"),
            Self::MappingInUse => {
                "Cannot update the event source mapping because it is in use.".to_owned()
            }
            Self::Parameter(message) => message.clone(),
        }
    }

    /// The API model writes the same member in two ways.
    fn message_key(&self) -> &'static str {
        match self {
            Self::Parameter(_) => "message",
            _ => "Message",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let headers = [
            (header::CONTENT_TYPE.as_str(), "application/json"),
            ("x-amzn-errortype", self.code()),
        ];
        let body = json!({ "Type": "User", self.message_key(): self.message() });
        (self.status(), headers, body.to_string()).into_response()
    }
}
