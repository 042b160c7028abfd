//! The infrastructure of the game, as a program for Pulumi's YAML runtime.
//!
//! Pulumi runs `rps-infra` and reads the program from its stdout. The program is a pure function of the
//! stack's [`Settings`]; the stack's name, and whatever AWS makes up, are references in it that Pulumi
//! fills in. Layout, one file a concern:
//!
//! - `settings`: what can be set, and what is refused
//! - `program`: the program as a value: resources, references, outputs
//! - `aws`: the resource types, one file a service
//! - `data`: the table; `clock`: the queues and the mapping; `functions`: the four functions and their
//!   logs; `permissions`: what each may do; `api`: the players' socket
//! - `log_metrics`: what only the game knows; `alarms`, `dashboard`: what an operator sees; `page`: the players' page
//! - `stack`: what rpsctl finds, and the outputs
//! - [`zips`]: the functions' zips, which `package` writes

mod alarms;
mod api;
mod aws;
mod clock;
mod dashboard;
mod data;
mod functions;
mod log_metrics;
mod page;
mod permissions;
mod program;
mod settings;
mod stack;
pub mod zips;

pub use program::{AWS_PROVIDER_VERSION, Program};
pub use settings::{Architecture, Billing, NAMES, Refusal, Settings};

/// The stack's name: a reference that Pulumi fills in.
const STACK: &str = "${pulumi.stack}";

/// The program of a stack with these settings.
#[must_use]
pub fn program(settings: &Settings) -> Program {
    let mut program = Program::new();
    let world = functions::World {
        table: data::table(&mut program, settings),
        queues: clock::queues(&mut program),
        socket: api::socket(&mut program, settings),
    };
    let functions = functions::Functions::new(&mut program, settings, &world);
    api::routes(&mut program, &world.socket, &functions);
    let mapping = clock::mapping(&mut program, &world.queues, &functions);
    log_metrics::filters(&mut program, &functions);
    let alarms = alarms::alarms(&mut program, settings, &world, &functions);
    dashboard::dashboard(&mut program, &world, &functions, &alarms);
    let page = settings
        .site
        .then(|| page::page(&mut program, &world.socket));
    stack::describe(&mut program, &world, &mapping, page.as_ref());
    program
}
