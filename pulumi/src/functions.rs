//! The four functions, each with its log group, IAM role and policy.

use std::collections::BTreeMap;

use rps_contract::names::{FUNCTION_TIMEOUT_S, Function, env};
use rps_contract::stack;
use serde_json::json;

use crate::aws::cloudwatch::LogGroup;
use crate::aws::iam::{Role, RolePolicy, assumed_by};
use crate::aws::lambda;
use crate::dependencies::Dependencies;
use crate::permissions::permissions;
use crate::program::{Handle, Program, STACK, Text};
use crate::settings::Settings;
use crate::zips;

pub(crate) struct DeployedFunction {
    pub(crate) function: Handle<lambda::Function>,
    pub(crate) logs: Handle<LogGroup>,
    pub(crate) policy: Handle<RolePolicy>,
}

/// The deployed functions, in the order of [`Function::ALL`].
pub(crate) struct Functions([DeployedFunction; 4]);

impl Functions {
    pub(crate) fn new(
        program: &mut Program,
        settings: &Settings,
        dependencies: &Dependencies,
    ) -> Self {
        Self(Function::ALL.map(|function| deploy(program, settings, dependencies, function)))
    }

    pub(crate) fn get(&self, function: Function) -> &DeployedFunction {
        &self.0[function as usize]
    }
}

fn deploy(
    program: &mut Program,
    settings: &Settings,
    dependencies: &Dependencies,
    function: Function,
) -> DeployedFunction {
    let name = function.name();
    let group = LogGroup {
        name: stack::log_group(STACK, function).into(),
        retention_in_days: settings.log_retention_days,
    };
    let logs = program.add(format!("{name}-logs"), group);
    let (full_name, region) = (stack::function(STACK, function), &dependencies.region);
    let own_account = json!({ "StringEquals": { "aws:SourceAccount": dependencies.account } });
    let role = Role {
        description: format!("Permissions of the function {full_name} in {region}").into(),
        assume_role_policy: assumed_by("lambda.amazonaws.com", &own_account),
    };
    let role = program.add(format!("{name}-role"), role);
    let policy = RolePolicy {
        name: "calls",
        role: role.name(),
        policy: permissions(function, dependencies, &logs),
    };
    let policy = program.add(format!("{name}-policy"), policy);
    let function = lambda_function(settings, dependencies, function, &role, &logs);
    // Without its policy, AWS would deny the function's first requests.
    let after_policy = json!({ "dependsOn": [policy.itself()] });
    DeployedFunction {
        function: program.add_with(name, function, after_policy),
        logs,
        policy,
    }
}

fn lambda_function(
    settings: &Settings,
    dependencies: &Dependencies,
    function: Function,
    role: &Handle<Role>,
    logs: &Handle<LogGroup>,
) -> lambda::Function {
    lambda::Function {
        name: stack::function(STACK, function).into(),
        description: description(function),
        role: role.arn(),
        runtime: "provided.al2023",
        handler: "bootstrap",
        architectures: vec![settings.architecture.name()],
        memory_size: settings.memory_mb,
        timeout: FUNCTION_TIMEOUT_S,
        // Only `decide`, so that rounds end while players use up the account's other executions.
        reserved_concurrent_executions: settings
            .reserved_concurrency
            .filter(|_| function == Function::Decide),
        code: json!({ "fn::fileArchive": zips::path(settings.architecture, function) }),
        environment: json!({ "variables": environment(function, settings, dependencies) }),
        logging_config: json!({
            "logFormat": "JSON",
            "logGroup": logs.name(),
            "applicationLogLevel": "INFO",
            // At INFO, Lambda's own two lines per invocation would be most of the log volume and cost.
            "systemLogLevel": "WARN",
        }),
    }
}

fn description(function: Function) -> &'static str {
    match function {
        Function::Connection => "Opens and closes connections; rejects unknown actions",
        Function::JoinGame => "Starts a game with a waiting player, or lets the player wait",
        Function::ReceivePlay => "Stores a player's play",
        Function::Decide => "Ends a round when its time is over",
    }
}

/// Only the environment variables that the function reads.
fn environment(
    function: Function,
    settings: &Settings,
    dependencies: &Dependencies,
) -> BTreeMap<&'static str, Text> {
    let rules = settings.rules;
    let table = (env::TABLE, dependencies.table.name());
    let queue = (env::QUEUE_URL, dependencies.queues.rounds.url());
    let url = (env::SOCKET_URL, dependencies.websocket.url());
    let window = (env::PLAY_WINDOW_S, rules.window_s().to_string().into());
    let rounds = (env::MAX_ROUNDS, rules.max_rounds().to_string().into());
    let early = (env::DECIDE_EARLY, rules.decide_early().to_string().into());
    let places = (env::LOBBY_PLACES, settings.lobby_places.to_string().into());
    match function {
        Function::Connection => {
            let mut variables = admission(settings, dependencies);
            variables.extend([table, url]);
            variables
        }
        Function::JoinGame => [table, queue, url, places, window, rounds, early].into(),
        Function::ReceivePlay => [table, queue].into(),
        Function::Decide => [table, queue, url, window, rounds, early].into(),
    }
}

/// The variables that decide who may connect.
fn admission(settings: &Settings, dependencies: &Dependencies) -> BTreeMap<&'static str, Text> {
    let boolean = |value: bool| value.to_string().into();
    let mut variables = BTreeMap::from([
        (
            env::ALLOWED_ORIGINS,
            allowed_origins(settings, dependencies),
        ),
        (env::ACCEPT_PLAYERS, boolean(settings.accept_players)),
        (
            env::LOG_SOURCE_ADDRESSES,
            boolean(settings.log_source_addresses),
        ),
    ]);
    if let Some(blocks) = &settings.blocked_cidrs {
        variables.insert(env::BLOCKED_CIDRS, blocks.as_str().into());
    }
    variables
}

/// The setting's origins and the page's own. By default, only the page may connect, or any origin if there is none.
fn allowed_origins(settings: &Settings, dependencies: &Dependencies) -> Text {
    let page = dependencies.page.as_ref().map(|page| page.url.clone());
    match (settings.allowed_origins.as_deref(), page) {
        (None, Some(page)) => page,
        (None | Some("*"), _) => "*".into(),
        (Some(origins), Some(page)) => format!("{origins},{page}").into(),
        (Some(origins), None) => origins.into(),
    }
}
