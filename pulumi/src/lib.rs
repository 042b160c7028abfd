//! The infrastructure of the game, as a program for Pulumi's YAML runtime.
//!
//! Pulumi runs `rps-infra` and reads the program from its stdout. The program is a pure function of the
//! stack's [`Settings`]; the stack's name, and whatever AWS makes up, are references in it that Pulumi
//! fills in. Layout, one file a concern; each imports only from those above it:
//!
//! - `settings`: what can be set, and what is refused; [`zips`]: the functions' zips, which `package` writes
//! - `program`: the program as a value: resources, references, outputs
//! - `aws`: the resource types, one file a service
//! - `table`, `queues`, `socket`: what the functions work on; `dependencies`: all three
//! - `permissions`: what each function may do; `functions`: the four functions and their logs
//! - `triggers`: what invokes the functions
//! - `log_metrics`: what only the game knows; `alarms`, `dashboard`: what an operator sees; `page`: the players' page
//! - `stack`: what rpsctl finds, and the outputs

mod alarms;
mod aws;
mod dashboard;
mod dependencies;
mod functions;
mod log_metrics;
mod page;
mod permissions;
mod program;
mod queues;
mod settings;
mod socket;
mod stack;
mod table;
mod triggers;
pub mod zips;

use self::dependencies::Dependencies;
use self::functions::Functions;
pub use self::program::{AWS_PROVIDER_VERSION, Program};
pub use self::settings::{Architecture, Billing, Refusal, Settings};

/// The program of a stack with these settings.
#[must_use]
pub fn program(settings: &Settings) -> Program {
    let mut program = Program::new();
    let dependencies = Dependencies::new(&mut program, settings);
    let functions = Functions::new(&mut program, settings, &dependencies);
    triggers::routes(&mut program, &dependencies.socket, &functions);
    let mapping = triggers::mapping(&mut program, &dependencies.queues, &functions);
    log_metrics::filters(&mut program, &functions);
    let alarms = alarms::alarms(&mut program, settings, &dependencies, &functions);
    dashboard::dashboard(&mut program, &dependencies, &functions, &alarms);
    let page = settings
        .site
        .then(|| page::page(&mut program, &dependencies.socket));
    stack::describe(&mut program, &dependencies, &mapping, page.as_ref());
    program
}
