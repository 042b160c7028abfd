//! Stores a new connection, and answers 200.

use aws_config::BehaviorVersion;
use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::{Error, LambdaEvent, service_fn, tracing};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let client = &Client::new(&config);
    let table = &std::env::var("RPS_TABLE")?;
    lambda_runtime::run(service_fn(
        async |event: LambdaEvent<ApiGatewayWebsocketProxyRequest>| {
            connect(client, table, event.payload).await
        },
    ))
    .await
}

async fn connect(
    client: &Client,
    table: &str,
    event: ApiGatewayWebsocketProxyRequest,
) -> Result<Value, Error> {
    let context = event.request_context;
    let id = context.connection_id.ok_or("no connection id")?;
    let connected_at_ms = context.connected_at;
    let number = |number: i64| AttributeValue::N(number.to_string());
    client
        .put_item()
        .table_name(table)
        .item("pk", AttributeValue::S(format!("C#{id}")))
        .item("v", number(1))
        .item("connected_at_ms", number(connected_at_ms))
        .item("ttl", number(connected_at_ms / 1000 + 10_800))
        .condition_expression("attribute_not_exists(pk)")
        .send()
        .await?;
    Ok(json!({ "statusCode": 200 }))
}
