//! The Lambda function `join-game`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rps_handlers::functions::join_game()
}
