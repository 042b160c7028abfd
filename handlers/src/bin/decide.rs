//! The Lambda function `decide`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rps_handlers::functions::decide()
}
