//! The four functions, each with its log group, its role, and what it may do.

use std::collections::BTreeMap;

use rps_contract::names::{FUNCTION_TIMEOUT_S, Function, env};
use rps_contract::stack;
use serde_json::json;

use crate::aws::cloudwatch::LogGroup;
use crate::aws::iam::{Role, RolePolicy, assumed_by};
use crate::aws::lambda::{self, FunctionRecursionConfig};
use crate::dependencies::Dependencies;
use crate::permissions::permissions;
use crate::program::{Handle, Program, STACK, Text};
use crate::settings::Settings;
use crate::zips;

/// One function and what belongs to it.
pub(crate) struct Deployed {
    pub(crate) function: Handle<lambda::Function>,
    pub(crate) logs: Handle<LogGroup>,
    pub(crate) policy: Handle<RolePolicy>,
}

/// In the order of [`Function::ALL`].
pub(crate) struct Functions([Deployed; 4]);

impl Functions {
    pub(crate) fn new(
        program: &mut Program,
        settings: &Settings,
        dependencies: &Dependencies,
    ) -> Self {
        Self(Function::ALL.map(|which| deploy(program, settings, dependencies, which)))
    }

    pub(crate) fn get(&self, which: Function) -> &Deployed {
        &self.0[which as usize]
    }
}

fn deploy(
    program: &mut Program,
    settings: &Settings,
    dependencies: &Dependencies,
    which: Function,
) -> Deployed {
    let name = which.name();
    let group = LogGroup {
        name: stack::log_group(STACK, which).into(),
        retention_in_days: settings.log_retention_days,
    };
    let logs = program.add(format!("{name}-logs"), group);
    let role = Role {
        name: stack::function(STACK, which).into(),
        description: format!("What the function {name} may do"),
        assume_role_policy: assumed_by("lambda.amazonaws.com"),
    };
    let role = program.add(format!("{name}-role"), role);
    let policy = RolePolicy {
        name: "calls",
        role: role.name(),
        policy: permissions(which, dependencies, &logs),
    };
    let policy = program.add(format!("{name}-policy"), policy);
    let function = function(settings, dependencies, which, &role, &logs);
    // A function that starts before its role may do something starts with a refusal.
    let after = json!({ "dependsOn": [policy.itself()] });
    let function = program.add_with(name, function, after);
    let recursion = FunctionRecursionConfig {
        function_name: function.name(),
        recursive_loop: "Terminate",
    };
    program.add(format!("{name}-recursion"), recursion);
    Deployed {
        function,
        logs,
        policy,
    }
}

fn function(
    settings: &Settings,
    dependencies: &Dependencies,
    which: Function,
    role: &Handle<Role>,
    logs: &Handle<LogGroup>,
) -> lambda::Function {
    lambda::Function {
        name: stack::function(STACK, which).into(),
        description: description(which),
        role: role.arn(),
        runtime: "provided.al2023",
        handler: "bootstrap",
        architectures: vec![settings.architecture.name()],
        memory_size: settings.memory_mb,
        timeout: FUNCTION_TIMEOUT_S,
        code: json!({ "fn::fileArchive": zips::path(settings.architecture, which) }),
        environment: json!({ "variables": environment(which, settings, dependencies) }),
        logging_config: json!({
            "logFormat": "JSON",
            "logGroup": logs.name(),
            "applicationLogLevel": "INFO",
            // Lambda's own two lines an invocation would be most of what is stored, and paid.
            "systemLogLevel": "WARN",
        }),
    }
}

fn description(which: Function) -> &'static str {
    match which {
        Function::Connection => "Players come and go; unknown actions are answered",
        Function::JoinGame => "A player joins: waits, or starts a game",
        Function::ReceivePlay => "A player plays",
        Function::Decide => "A round's time is over",
    }
}

/// The environment variables that each function reads, and no others.
fn environment(
    which: Function,
    settings: &Settings,
    dependencies: &Dependencies,
) -> BTreeMap<&'static str, Text> {
    let rules = settings.rules;
    let table = (env::TABLE, dependencies.table.name());
    let queue = (env::QUEUE_URL, dependencies.queues.rounds.url());
    let socket = (env::SOCKET_URL, dependencies.socket.url());
    let window = (env::PLAY_WINDOW_S, rules.window_s().to_string().into());
    let rounds = (env::MAX_ROUNDS, rules.max_rounds().to_string().into());
    let shards = (env::LOBBY_SHARDS, settings.lobby_shards.to_string().into());
    match which {
        Function::Connection => {
            let origins = settings.allowed_origins.as_str().into();
            [table, socket, (env::ALLOWED_ORIGINS, origins)].into()
        }
        Function::JoinGame => [table, queue, socket, shards, window, rounds].into(),
        Function::ReceivePlay => [table].into(),
        Function::Decide => [table, queue, socket, window, rounds].into(),
    }
}
