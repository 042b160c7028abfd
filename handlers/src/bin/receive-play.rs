//! The Lambda function `receive-play`.

use std::process::ExitCode;

use rps_core::names::Function;

fn main() -> ExitCode {
    rps_handlers::functions::run(Function::ReceivePlay)
}
