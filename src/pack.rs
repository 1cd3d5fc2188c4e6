//! Packs: from TOML files to checked rules; the district's configuration; which packs a run uses.
mod compile;
mod compile_fix;
mod compile_log;
mod compile_merge;
mod compile_naming;
mod compile_sync;
mod config;
mod definitions;
mod file;
mod file_merge;
mod file_sync;
mod fix;
mod library;
mod link;
mod lint;
mod merge;
mod naming;
mod page;
mod page_fix;
mod page_log;
mod page_naming;
mod page_sync;
mod read;
mod read_fix;
mod read_log;
mod read_merge;
mod read_naming;
mod read_rule;
mod read_sync;
mod read_test;
mod rule;
mod score;
mod sync;

pub use compile::{Overrides, compile};
pub use compile_naming::STATES;
pub use config::{Config, ListSource, SnapshotConfig, SourceConfig};
pub use file::{
    Definition, Expected, ExpectedPerson, Given, LogTest, MessageFile, NamingTest, PackFile, Reuse, Setup, TargetFile, TestFile,
    WordingFile,
};
pub use file_merge::{ExpectedMerge, MergeFile, MergeTest};
pub use file_sync::{ExpectedOutcome, SyncFile, SyncTest};
pub use fix::{ExpectedRow, Fix, FixForm, FixOf, FixTest, INDEX};
pub use library::{BUILTIN, builtin, builtin_names, builtin_untested, order};
pub use lint::lint;
pub use merge::{Decision, Keep, Merge, OTHER, Part, Proof, RECORD};
pub use naming::{Naming, Password, Way};
pub use page::{page, reference};
pub use page_fix::fix_page;
pub use page_log::message_page;
pub use page_naming::schema_page;
pub use page_sync::sync_page;
pub use read::read;
pub use read_merge::read_decisions;
pub use rule::{Body, Follow, Grouping, Label, Link, Message, Pack, Reference, Rule, Shape, Tie, Variant};
pub use score::{FieldScore, Score, ScoreFile, role_of, score_toml};
pub use sync::{Asked, Counted, Create, Gone, Hold, Kept, Need, Outcome, Platform, Sync, Updated};
