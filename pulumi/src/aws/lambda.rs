use serde_json::Value;

use crate::program::{Text, resources};

resources! {
    Function = "aws:lambda:Function" {
        name: Text,
        description: &'static str,
        role: Text,
        runtime: &'static str,
        handler: &'static str,
        architectures: Vec<&'static str>,
        memory_size: u32,
        timeout: u64,
        reserved_concurrent_executions: Option<u32>,
        code: Value,
        environment: Value,
        logging_config: Value,
    } outputs invoke_arn = "invokeArn", name = "name";

    EventSourceMapping = "aws:lambda:EventSourceMapping" {
        event_source_arn: Text,
        function_name: Text,
        batch_size: u32,
        scaling_config: Option<Value>,
        function_response_types: Vec<&'static str>,
    } outputs uuid = "uuid";

    Permission = "aws:lambda:Permission" {
        statement_id: String,
        action: &'static str,
        function: Text,
        principal: &'static str,
        source_arn: Text,
    };
}
