//! The Lambda function `connection`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rps_handlers::functions::connection()
}
