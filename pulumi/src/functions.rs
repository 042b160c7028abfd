//! The four functions, each with its log group, its role, and what it may do.

use std::collections::BTreeMap;

use rps_contract::names::{FUNCTION_TIMEOUT_S, Function, env};
use rps_contract::stack;

use crate::api::Socket;
use crate::aws::cloudwatch::LogGroup;
use crate::aws::dynamodb::Table;
use crate::aws::iam::{Role, RolePolicy};
use crate::aws::lambda::{self, Archive, Environment, FunctionRecursionConfig, LoggingConfig};
use crate::clock::Queues;
use crate::permissions;
use crate::program::{Handle, Program, Text};
use crate::{STACK, Settings, zips};

/// What the functions work on.
pub(crate) struct World {
    /// The table.
    pub(crate) table: Handle<Table>,
    /// The clock.
    pub(crate) queues: Queues,
    /// The players.
    pub(crate) socket: Socket,
}

/// One function and what belongs to it.
pub(crate) struct Deployed {
    /// The function.
    pub(crate) function: Handle<lambda::Function>,
    /// Its log group.
    pub(crate) logs: Handle<LogGroup>,
    /// What it may do.
    pub(crate) policy: Handle<RolePolicy>,
}

/// The four functions.
pub(crate) struct Functions([Deployed; 4]);

impl Functions {
    /// Adds them.
    pub(crate) fn new(program: &mut Program, settings: &Settings, world: &World) -> Self {
        Self(Function::ALL.map(|which| deploy(program, settings, world, which)))
    }

    /// One of them.
    pub(crate) fn get(&self, which: Function) -> &Deployed {
        let [connection, join_game, receive_play, decide] = &self.0;
        match which {
            Function::Connection => connection,
            Function::JoinGame => join_game,
            Function::ReceivePlay => receive_play,
            Function::Decide => decide,
        }
    }
}

fn deploy(program: &mut Program, settings: &Settings, world: &World, which: Function) -> Deployed {
    let name = which.name();
    let group = LogGroup {
        name: stack::log_group(STACK, which).into(),
        retention_in_days: settings.log_retention_days,
    };
    let logs = program.add(format!("{name}-logs"), group);
    let role = program.add(format!("{name}-role"), role(which));
    let policy = RolePolicy {
        name: "calls",
        role: role.name(),
        policy: permissions::policy(which, world, &logs),
    };
    let policy = program.add(format!("{name}-policy"), policy);
    let function = function(settings, world, which, &role, &logs);
    // A function that starts before its role may do something starts with a refusal.
    let function = program.add_after(name, function, &[policy.itself()]);
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

/// The function itself.
fn function(
    settings: &Settings,
    world: &World,
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
        code: Archive {
            path: zips::path(settings.architecture, which),
        },
        environment: Environment {
            variables: environment(which, settings, world),
        },
        logging_config: LoggingConfig {
            log_format: "JSON",
            log_group: logs.name(),
            application_log_level: "INFO",
            // Lambda's own two lines an invocation would be most of what is stored, and paid.
            system_log_level: "WARN",
        },
    }
}

fn role(which: Function) -> Role {
    Role {
        name: stack::function(STACK, which).into(),
        description: format!("What the function {} may do", which.name()),
        assume_role_policy: permissions::assumed_by("lambda.amazonaws.com"),
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
    world: &World,
) -> BTreeMap<&'static str, Text> {
    let table = (env::TABLE, world.table.name());
    let queue = (env::QUEUE_URL, world.queues.rounds.url());
    let socket = (env::SOCKET_URL, world.socket.url());
    let rules = [
        (
            env::PLAY_WINDOW_S,
            settings.rules.window_s().to_string().into(),
        ),
        (
            env::MAX_ROUNDS,
            settings.rules.max_rounds().to_string().into(),
        ),
    ];
    let origins = (
        env::ALLOWED_ORIGINS,
        settings.allowed_origins.as_str().into(),
    );
    let shards = (env::LOBBY_SHARDS, settings.lobby_shards.to_string().into());
    match which {
        Function::Connection => [table, socket, origins].into(),
        Function::JoinGame => [table, queue, socket, shards]
            .into_iter()
            .chain(rules)
            .collect(),
        Function::ReceivePlay => [table].into(),
        Function::Decide => [table, queue, socket].into_iter().chain(rules).collect(),
    }
}
