use std::collections::BTreeMap;

use serde::Serialize;

use crate::program::{Text, properties, resources};

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
        code: Archive,
        environment: Environment,
        logging_config: LoggingConfig,
    } gives invoke_arn = "invokeArn", name = "name";

    FunctionRecursionConfig = "aws:lambda:FunctionRecursionConfig" {
        function_name: Text,
        recursive_loop: &'static str,
    };

    EventSourceMapping = "aws:lambda:EventSourceMapping" {
        event_source_arn: Text,
        function_name: Text,
        batch_size: u32,
        function_response_types: Vec<&'static str>,
    } gives uuid = "uuid";

    Permission = "aws:lambda:Permission" {
        statement_id: String,
        action: &'static str,
        function: Text,
        principal: &'static str,
        source_arn: Text,
    };
}

properties! {
    Environment { variables: BTreeMap<&'static str, Text> }
    LoggingConfig {
        log_format: &'static str,
        log_group: Text,
        application_log_level: &'static str,
        system_log_level: &'static str,
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Archive {
    /// Its path, from the folder of the program.
    #[serde(rename = "fn::fileArchive")]
    pub(crate) path: String,
}
