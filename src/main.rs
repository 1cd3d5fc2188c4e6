//! The `rollbook` program.
use std::process::ExitCode;

fn main() -> ExitCode {
    rollbook::cli::main()
}
