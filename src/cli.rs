//! The command line: arguments, commands, exit codes. The only room that prints or ends the program.
#![expect(clippy::print_stderr, reason = "this is the room that prints")]
mod accounts;
mod accounts_file;
mod args;
mod as_if;
mod clock;
mod decisions;
mod exit;
mod explain;
mod files;
mod fixes;
mod forecast;
mod forecast_after;
mod forecast_file;
mod inspect;
mod ledger;
mod lint;
mod list;
mod load;
mod log;
mod merge;
mod output;
mod passwords;
mod progress;
mod setup;
mod snapshot;
mod snapshots;
mod test;
mod threads;
mod validate;

pub use args::Cli;
use args::Command;
use clap::Parser as _;
use std::process::ExitCode;

/// Runs the program on the arguments that it was started with.
#[must_use]
pub fn main() -> ExitCode {
    crate::roster::hide_caught_panics();
    let cli = Cli::parse();
    let exit = match cli.command {
        Command::Validate(args) => validate::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Accounts(args) => accounts::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Snapshot(args) => snapshot::run(&args),
        Command::Forecast(args) => forecast::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::List(args) => list::run(&args),
        Command::Lint(args) => lint::run(&args),
    };
    output::end(exit).into()
}
