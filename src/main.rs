//! Parse, run, exit code.

fn main() -> std::process::ExitCode {
    foursight::cli::run()
}
