//! The errors of CloudWatch. Clients know them by the codes of its old query protocol, which stand in a
//! header; the body has the names of the new protocols.

use serde_json::{Value, json};

/// Why a request was refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    code: &'static str,
    shape: &'static str,
    message: String,
}

impl Refusal {
    fn new(code: &'static str, shape: &'static str, message: String) -> Self {
        Self {
            code,
            shape,
            message,
        }
    }

    pub(super) fn value(message: impl Into<String>) -> Self {
        let (code, shape) = ("InvalidParameterValue", "InvalidParameterValueException");
        Self::new(code, shape, message.into())
    }

    pub(super) fn combination(message: String) -> Self {
        let code = "InvalidParameterCombination";
        Self::new(code, "InvalidParameterCombinationException", message)
    }

    pub(super) fn missing(parameter: &str) -> Self {
        let message = format!("The parameter {parameter} is required.");
        Self::new(
            "MissingParameter",
            "MissingRequiredParameterException",
            message,
        )
    }

    pub(super) fn unreadable(error: &impl ToString) -> Self {
        let code = "SerializationException";
        Self::new(code, code, error.to_string())
    }

    pub(super) fn unknown(operation: &str) -> Self {
        let message = format!("The local AWS does not do {operation}.");
        Self::new("InvalidAction", "UnknownOperationException", message)
    }

    pub(super) fn query_error(&self) -> String {
        format!("{};Sender", self.code)
    }

    pub(super) fn body(&self) -> Value {
        let shape = format!("com.amazonaws.cloudwatch.v2010_08_01#{}", self.shape);
        json!({ "__type": shape, "message": self.message })
    }
}
