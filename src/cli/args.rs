//! The arguments.
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Says what tonight's roster sync will break, why, on which rows, and what to do about it.
#[derive(Parser, Debug)]
#[command(name = "rollbook", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 clean, 1 findings, 2 no verdict (usage, broken pack), 3 no complete verdict (unreadable data, nothing checked)."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Apply packs to data and report what is wrong
    Validate(ValidateArgs),
    /// Run the tests of packs
    Test(TestArgs),
    /// Print the page of a rule: what it finds, why, what to do, how it compares
    Explain(ExplainArgs),
    /// List rules, packs, layouts, nouns or functions
    List(ListArgs),
    /// Check a pack without data
    Lint(LintArgs),
}

/// How the output looks.
#[derive(Args, Debug, Clone)]
pub(super) struct LookArgs {
    /// Colour: on a terminal, always or never (NO_COLOR turns it off too)
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: When,
    /// Sentences without drawing, for screen readers
    #[arg(long)]
    pub(super) plain: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// One finding a line, as JSON, and nothing else
    Jsonl,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum FailOn {
    Info,
    Warning,
    Error,
    Blocker,
    Never,
}

#[derive(Args, Debug)]
pub(super) struct ValidateArgs {
    /// A folder or file of roster data, or a folder with a rollbook.toml (also looked for in the folders above)
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
    /// Export of existing accounts: a file or a folder; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub(super) accounts: Vec<PathBuf>,
    /// The previous snapshot: a folder or file of roster data or accounts; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub(super) previous: Vec<PathBuf>,
    /// A pack by name, or a pack's file; may be given more than once [default: chosen by the formats found]
    #[arg(long, value_name = "PACK")]
    pub(super) pack: Vec<String>,
    /// The layout of the data instead of the recognised one; `accounts=NAME` or `previous=NAME` for the other sources
    #[arg(long, value_name = "[SOURCE=]LAYOUT")]
    pub(super) layout: Vec<String>,
    /// Run only this rule (`pack/rule`, or all of `pack/`); may be given more than once
    #[arg(long, value_name = "RULE")]
    pub(super) rule: Vec<String>,
    /// End with exit code 1 when there is a finding of this severity or worse
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(super) fail_on: FailOn,
    /// End with exit code 3 when a rule was skipped
    #[arg(long)]
    pub(super) strict: bool,
    /// The day that `today` means, as 2026-09-01 [default: today, in UTC]
    #[arg(long, value_name = "DAY")]
    pub(super) date: Option<String>,
    /// Threads [default: one per processor]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Findings shown per rule; 0 shows all [default: 5 as text, all as jsonl]
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// What to print
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) format: Format,
    /// Say on standard error how long each phase and the slowest rules took
    #[arg(long)]
    pub(super) timings: bool,
    /// Do not look for a rollbook.toml
    #[arg(long)]
    pub(super) no_config: bool,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Args, Debug)]
pub(super) struct TestArgs {
    /// Packs by name or by file [default: those of rollbook.toml, or all built-in ones]
    #[arg(value_name = "PACK")]
    pub(super) packs: Vec<String>,
    /// Run only the tests of this rule
    #[arg(long, value_name = "RULE")]
    pub(super) rule: Vec<String>,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// A rule: `pack/rule`, or `rule` alone when only one pack has it
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
    /// Also look in this pack's file
    #[arg(long, value_name = "PACK")]
    pub(super) pack: Vec<String>,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// Of what
    #[arg(value_enum)]
    pub(super) what: Listed,
    /// Also list this pack's file
    #[arg(long, value_name = "PACK")]
    pub(super) pack: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Listed {
    Rules,
    Packs,
    Layouts,
    Nouns,
    Functions,
}

#[derive(Args, Debug)]
pub(super) struct LintArgs {
    /// Packs by name or by file
    #[arg(value_name = "PACK", required = true)]
    pub(super) packs: Vec<String>,
    #[command(flatten)]
    pub(super) look: LookArgs,
}
