use serde_json::Value;

use crate::program::{Text, resources};

resources! {
    Api = "aws:apigatewayv2:Api" {
        name: Text,
        description: &'static str,
        protocol_type: &'static str,
        route_selection_expression: &'static str,
    } outputs execution_arn = "executionArn", endpoint = "apiEndpoint";

    /// Makes a route invoke a function.
    Integration = "aws:apigatewayv2:Integration" {
        api_id: Text,
        integration_type: &'static str,
        integration_method: &'static str,
        integration_uri: Text,
    };

    Route = "aws:apigatewayv2:Route" {
        api_id: Text,
        route_key: &'static str,
        target: Text,
        route_response_selection_expression: Option<&'static str>,
    };

    RouteResponse = "aws:apigatewayv2:RouteResponse" {
        api_id: Text,
        route_id: Text,
        route_response_key: &'static str,
    };

    Stage = "aws:apigatewayv2:Stage" {
        api_id: Text,
        name: &'static str,
        auto_deploy: bool,
        default_route_settings: Value,
        route_settings: Vec<Value>,
        access_log_settings: Option<Value>,
    };

    /// API Gateway's settings for the whole account and region.
    Account = "aws:apigateway:Account" {
        cloudwatch_role_arn: Text,
    } outputs cloudwatch_role_arn = "cloudwatchRoleArn";
}
