//! Parse, run, exit code.

/// Most of a build is small texts that come and go on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    foursight::cli::run()
}
