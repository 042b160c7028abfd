//! The Lambda function `receive-play`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rps_handlers::functions::receive_play()
}
