//! Generates the game's infrastructure as a Pulumi YAML program.
//!
//! Pulumi runs `rps-infra` and reads the program from its stdout. The program depends only on the stack's
//! [`Settings`]. Pulumi fills in the references to the stack's name and to generated ids.
//!
//! Each module handles one concern and imports only from the modules listed above it:
//!
//! - `settings`: read and validate the configuration; [`zips`]: the functions' zip files, and [`sbom`]: what
//!   they contain; both written by `package`
//! - `program`: the program's resources, references and outputs
//! - `aws`: the resource types, one file per AWS service
//! - `table`, `queues`, `websocket`, `page`: the functions' dependencies, combined in `dependencies`
//! - `permissions`: the functions' IAM policies; `functions`: the four functions and their logs
//! - `triggers`: the routes and the event source mapping, which invoke the functions
//! - `log_metrics`: metrics from log lines; `alarms`, `dashboard`, `budget`: monitoring
//! - `stack`: the stack's description for rpsctl, and the outputs

mod alarms;
mod aws;
mod budget;
mod dashboard;
mod dependencies;
mod functions;
mod log_metrics;
mod page;
mod permissions;
mod program;
mod queues;
pub mod sbom;
mod settings;
mod stack;
mod table;
mod triggers;
mod websocket;
pub mod zips;

use self::dependencies::Dependencies;
use self::functions::Functions;
pub use self::program::{AWS_PROVIDER_VERSION, Program};
pub use self::settings::{Architecture, BillingMode, SettingError, Settings};

/// Generates the program for a stack with these settings.
#[must_use]
pub fn program(settings: &Settings) -> Program {
    let mut program = Program::new();
    let dependencies = Dependencies::new(&mut program, settings);
    let functions = Functions::new(&mut program, settings, &dependencies);
    let routes = triggers::routes(&mut program, &dependencies.websocket, &functions);
    websocket::stage(&mut program, settings, &dependencies.websocket, routes);
    let mapping = triggers::mapping(&mut program, settings, &dependencies.queues, &functions);
    log_metrics::filters(&mut program, &functions);
    let alarms = alarms::alarms(&mut program, settings, &dependencies, &functions);
    dashboard::dashboard(&mut program, &dependencies, &functions, &alarms);
    budget::budget(&mut program, settings, &dependencies);
    stack::describe(&mut program, &dependencies, &mapping);
    program
}
