//! The arguments.
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Says what tonight's roster sync will break, why, on which rows, and what to do about it.
#[derive(Parser, Debug)]
#[command(name = "rollbook", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 clean, 1 findings, 2 no verdict (usage, broken pack), 3 no complete verdict (unreadable data, nothing checked, or a sync that is held)."
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
    /// Say what the reader sees: files, formats, encodings, columns, how full they are, records per school
    Inspect(InspectArgs),
    /// Say which accounts exist, will be created or are blocked, and under which names
    Accounts(AccountsArgs),
    /// Say which records are one person, what speaks for it, and what a person should decide
    Merge(MergeArgs),
    /// Keep what comparing needs of today's data, to give it to --previous tomorrow
    Snapshot(SnapshotArgs),
    /// Say what the next sync of each platform will create, change and archive, and what is in its way
    Forecast(ForecastArgs),
    /// Say what a platform's import log says, which records it means, and whether the findings foresaw it
    Log(LogArgs),
    /// Run the tests of packs
    Test(TestArgs),
    /// Print the page of a rule, a naming schema, a fix, a sync or a message of a log: what it finds or does, why, what to do, how it compares
    Explain(ExplainArgs),
    /// List rules, naming schemas, fixes, syncs, messages of logs, target profiles, packs, layouts, nouns or functions
    List(ListArgs),
    /// Check packs and layouts without data
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
    /// One finding, file or line of a log a line, as JSON, and nothing else
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

/// Which data, and what is applied to it.
#[derive(Args, Debug)]
pub(super) struct DataArgs {
    /// A folder, archive, workbook or file of roster data, `-` for standard input, or a folder with a rollbook.toml (also looked for in the folders above)
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
    /// Export of existing accounts: a file or a folder; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub(super) accounts: Vec<PathBuf>,
    /// The previous data: a snapshot, a folder of snapshots (the newest from before today is taken), or a folder or file of roster data or accounts; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub(super) previous: Vec<PathBuf>,
    /// A pack by name, or a pack's file; may be given more than once [default: chosen by the formats found]
    #[arg(long, value_name = "PACK")]
    pub(super) pack: Vec<String>,
    /// The layout of the data instead of the recognised one; `accounts=NAME` or `previous=NAME` for the other sources
    #[arg(long, value_name = "[SOURCE=]LAYOUT")]
    pub(super) layout: Vec<String>,
    /// The day that `today` means, as 2026-09-01 [default: today, in UTC]
    #[arg(long, value_name = "DAY")]
    pub(super) date: Option<String>,
    /// What people decided of records that may be one person [default: `decisions` of rollbook.toml]
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: Option<PathBuf>,
    /// Threads [default: one per processor]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Do not look for a rollbook.toml
    #[arg(long)]
    pub(super) no_config: bool,
}

#[derive(Args, Debug)]
pub(super) struct ValidateArgs {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// Run only this rule (`pack/rule`, or all of `pack/`); may be given more than once
    #[arg(long, value_name = "RULE")]
    pub(super) rule: Vec<String>,
    /// Write findings that a bulk tool can mend to files in this folder, in the shape of the tool, with a list of which finding each row mends
    #[arg(long, value_name = "FOLDER")]
    pub(super) fixes: Option<PathBuf>,
    /// Write rows of findings too that are only likely and that nobody confirmed
    #[arg(long, requires = "fixes")]
    pub(super) fixes_likely: bool,
    /// End with exit code 1 when there is a finding of this severity or worse
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(super) fail_on: FailOn,
    /// End with exit code 3 when a rule was skipped
    #[arg(long)]
    pub(super) strict: bool,
    /// Findings shown per rule; 0 shows all [default: 5 as text, all as jsonl]
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// What to print
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) format: Format,
    /// Say on standard error how long each phase and the slowest rules took
    #[arg(long)]
    pub(super) timings: bool,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Args, Debug)]
pub(super) struct InspectArgs {
    /// A folder, archive, workbook or file of roster data or accounts, `-` for standard input, or a folder with a rollbook.toml
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
    /// The layout of the data instead of the recognised one
    #[arg(long, value_name = "LAYOUT")]
    pub(super) layout: Vec<String>,
    /// Do not look for a rollbook.toml
    #[arg(long)]
    pub(super) no_config: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Args, Debug)]
pub(super) struct AccountsArgs {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// Only this account group, or this schema (`pack/name`); may be given more than once
    #[arg(long, value_name = "GROUP")]
    pub(super) group: Vec<String>,
    /// Only people of this school, by its id; may be given more than once
    #[arg(long, value_name = "SCHOOL")]
    pub(super) school: Vec<String>,
    /// Say why the person with this id gets this name: every candidate, and what stood in its way
    #[arg(long, value_name = "ID", conflicts_with_all = ["out", "as_if", "commit", "passwords"])]
    pub(super) explain: Option<String>,
    /// Compare with the schemas of this pack's file, over the whole roster, before anybody saves it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "commit", "passwords"])]
    pub(super) as_if: Option<PathBuf>,
    /// Write all accounts to this file: .csv, .xlsx or .jsonl
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Write to --out only the accounts to create, with the columns of this layout: a platform's import file
    #[arg(long = "as", value_name = "LAYOUT", requires = "out")]
    pub(super) shape: Option<String>,
    /// The ledger of names ever given [default: `ledger` of rollbook.toml]
    #[arg(long, value_name = "FILE")]
    pub(super) ledger: Option<PathBuf>,
    /// There are no accounts yet: everybody is new, and nothing is missing
    #[arg(long)]
    pub(super) all_new: bool,
    /// Write the names that are given now into the ledger
    #[arg(long, conflicts_with_all = ["group", "school"])]
    pub(super) commit: bool,
    /// Make initial passwords for the accounts to create, and write them to this new file, for its owner's eyes alone
    #[arg(long, value_name = "FILE")]
    pub(super) passwords: Option<PathBuf>,
    /// Accounts shown per state; 0 shows all
    #[arg(long, value_name = "N", default_value = "20")]
    pub(super) limit: usize,
    /// Say on standard error how long each phase took
    #[arg(long)]
    pub(super) timings: bool,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Args, Debug)]
pub(super) struct MergeArgs {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// Only this merge (`pack/merge`, or `merge` alone); may be given more than once
    #[arg(long, value_name = "MERGE")]
    pub(super) rule: Vec<String>,
    /// Write a review sheet to this file, to be filled in: .csv, .xlsx or .jsonl
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Keep the decisions of this review sheet (.csv or .xlsx) in the file of decisions
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pub(super) read: Option<PathBuf>,
    /// Fit weights to the data, and print them as TOML to paste into the merge
    #[arg(long, conflicts_with_all = ["out", "read"])]
    pub(super) estimate: bool,
    /// People, pairs and chains shown; 0 shows all
    #[arg(long, value_name = "N", default_value = "20")]
    pub(super) limit: usize,
    /// Say on standard error how long each phase took
    #[arg(long)]
    pub(super) timings: bool,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

/// What the data is to `rollbook log`.
const WITH: &str = "The data to compare with: a folder, archive, workbook or file of roster data, or a folder with a rollbook.toml [default: what the rollbook.toml found from here upward names]";
/// Which packs it asks.
const PACKS: &str = "A pack by name, or a pack's file; may be given more than once [default: the messages of all packs, and the rules of those that fit the data]";

#[derive(Args, Debug)]
#[command(mut_arg("path", |path| path.long("with").help(WITH)), mut_arg("pack", |pack| pack.help(PACKS)))]
#[command(
    after_help = "Exit codes: 0 no error in the log, 1 a line is an error, 2 wrong usage or a broken pack, 3 a log or the data can't be read, or no line was recognised."
)]
pub(super) struct LogArgs {
    /// Logs: files of lines or tables of messages, zipped or not; `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// Lines shown of each message, and kinds of unknown lines; 0 shows all [default: 5]
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// What to print
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) format: Format,
    /// Say on standard error how long each phase took
    #[arg(long)]
    pub(super) timings: bool,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Args, Debug)]
pub(super) struct SnapshotArgs {
    /// A folder, archive, workbook or file of roster data, or a folder with a rollbook.toml (also looked for in the folders above)
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
    /// Export of existing accounts: a file or a folder; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub(super) accounts: Vec<PathBuf>,
    /// The folder of snapshots [default: `folder` under [snapshots] of rollbook.toml, or `snapshots` beside it]
    #[arg(long, value_name = "DIR")]
    pub(super) to: Option<PathBuf>,
    /// Keep it although the data is incomplete, or much smaller than in the snapshot before
    #[arg(long)]
    pub(super) anyway: bool,
    /// A pack by name, or a pack's file, whose rules will compare; may be given more than once [default: chosen by the formats found]
    #[arg(long, value_name = "PACK")]
    pub(super) pack: Vec<String>,
    /// The layout of the data instead of the recognised one; `accounts=NAME` for the accounts
    #[arg(long, value_name = "[SOURCE=]LAYOUT")]
    pub(super) layout: Vec<String>,
    /// The day of the data, as 2026-09-01 [default: today, in UTC]
    #[arg(long, value_name = "DAY")]
    pub(super) date: Option<String>,
    /// Threads [default: one per processor]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Do not look for a rollbook.toml
    #[arg(long)]
    pub(super) no_config: bool,
    /// Say on standard error how long each phase took
    #[arg(long)]
    pub(super) timings: bool,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Args, Debug)]
pub(super) struct ForecastArgs {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// Only the syncs of this pack; may be given more than once
    #[arg(long, value_name = "PACK")]
    pub(super) platform: Vec<String>,
    /// Only records and accounts of this school, by its id; may be given more than once
    #[arg(long, value_name = "SCHOOL")]
    pub(super) school: Vec<String>,
    /// Files without rows, of accounts, of the previous data or of --after, are no fault: what they would hold is not there yet, and is new
    #[arg(long)]
    pub(super) all_new: bool,
    /// Write all that changes or is blocked to this file: .csv, .xlsx or .jsonl
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Say whether the forecast came true: the export of accounts, or the snapshot, of after the sync; may be given more than once
    #[arg(long, value_name = "PATH", conflicts_with_all = ["out", "school"])]
    pub(super) after: Vec<PathBuf>,
    /// Records shown per outcome; 0 shows all [default: 10 as text, all as jsonl]
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// What to print
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) format: Format,
    /// Say on standard error how long each phase took
    #[arg(long)]
    pub(super) timings: bool,
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
    /// A rule, a schema, a fix, a sync or a message: `pack/rule`, or `rule` alone when only one pack has it
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
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Listed {
    Rules,
    Schemas,
    Fixes,
    Syncs,
    Messages,
    Targets,
    Packs,
    Layouts,
    Nouns,
    Functions,
}

#[derive(Args, Debug)]
pub(super) struct LintArgs {
    /// Packs by name or by file, and files of layouts
    #[arg(value_name = "PACK", required = true)]
    pub(super) packs: Vec<String>,
    #[command(flatten)]
    pub(super) look: LookArgs,
}
