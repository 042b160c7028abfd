//! The AWS provider's resource types, one file per service, with the properties that this program sets. Nested
//! values are JSON. All names are the provider's; `tests/aws/check_program.py` compares them with its SDK.

pub(crate) mod apigateway;
pub(crate) mod budgets;
pub(crate) mod cloudfront;
pub(crate) mod cloudwatch;
pub(crate) mod dynamodb;
pub(crate) mod iam;
pub(crate) mod lambda;
pub(crate) mod s3;
pub(crate) mod sns;
pub(crate) mod sqs;
