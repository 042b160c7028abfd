//! The resource types of the AWS provider, one file a service, each with the properties used here; what
//! is inside one is JSON. All names are the provider's; `tests/` compares them with its SDK.

pub(crate) mod apigateway;
pub(crate) mod cloudfront;
pub(crate) mod cloudwatch;
pub(crate) mod dynamodb;
pub(crate) mod iam;
pub(crate) mod lambda;
pub(crate) mod s3;
pub(crate) mod sns;
pub(crate) mod sqs;
