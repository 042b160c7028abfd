//! The Lambda function `connection`.

use std::process::ExitCode;

use rps_core::names::Function;

fn main() -> ExitCode {
    rps_handlers::functions::run(Function::Connection)
}
