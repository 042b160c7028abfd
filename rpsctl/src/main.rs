//! The `rpsctl` executable.

fn main() -> std::process::ExitCode {
    rpsctl::run()
}
