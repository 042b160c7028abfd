//! Routes the requests on the single port to the services.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, Response};
use axum::response::IntoResponse;
use axum::routing::post;

use crate::cloudwatch::CloudWatch;
use crate::control::{self, ControlPlane};
use crate::dynamo::Dynamo;
use crate::error::AwsError;
use crate::logs::Logs;
use crate::page::page;
use crate::sqs::Sqs;
use crate::{gateway, lambda};

pub(crate) struct Services {
    pub(crate) dynamo: Dynamo,
    pub(crate) sqs: Arc<Sqs>,
    pub(crate) cloudwatch: CloudWatch,
    pub(crate) logs: Arc<Logs>,
}

pub(crate) fn router(
    services: Arc<Services>,
    gateway: Arc<gateway::ApiGateway>,
    instances: Arc<lambda::Instances>,
    control: Arc<ControlPlane>,
) -> Router {
    page()
        .merge(
            Router::new()
                .route("/", post(aws))
                // Some SDKs send SQS requests to the queue's URL.
                .route("/{account}/{queue}", post(aws))
                .route(
                    "/service/GraniteServiceVersion20100801/operation/{operation}",
                    post(cloudwatch),
                )
                // `guard` limits the body.
                .layer(DefaultBodyLimit::disable())
                .with_state(services),
        )
        .merge(gateway::socket(Arc::clone(&gateway)))
        .merge(gateway::management(gateway))
        .merge(lambda::routes(instances))
        .merge(control::routes(control))
}

/// Handles AWS requests in the JSON protocols, which name the operation in a header.
async fn aws(
    State(services): State<Arc<Services>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    let target = target.unwrap_or_default();
    match target.split_once('.') {
        Some(("DynamoDB_20120810" | "DynamoDBStreams_20120810", operation)) => {
            services.dynamo.call(operation, &headers, body).await
        }
        Some(("AmazonSQS", operation)) => services.sqs.handle(operation, &body).await,
        Some(("GraniteServiceVersion20100801", operation)) => {
            services.cloudwatch.json(operation, &body)
        }
        Some(("Logs_20140328", operation)) => services.logs.handle(operation, &body),
        _ => {
            let message = format!("The local AWS does not support the operation '{target}'.");
            AwsError::bad_request("UnknownOperationException", message).into_response()
        }
    }
}

/// Handles the SDKs' CloudWatch requests, which name the operation in the path.
async fn cloudwatch(
    State(services): State<Arc<Services>>,
    Path(operation): Path<String>,
    body: Bytes,
) -> Response<Body> {
    services.cloudwatch.cbor(&operation, &body)
}
