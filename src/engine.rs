//! The interpreter: plans all rules together, scans, joins, groups, and ties findings to their root causes.
//!
//! [`Plan`] says which rules can run and which columns they need; [`run`] gives an [`Outcome`], which describes its findings one by one.
mod batch;
mod blame;
mod columns;
mod condition;
mod describe;
mod fix;
mod follow;
mod group;
mod index;
mod join;
mod keep;
mod lack;
mod log;
mod merge;
mod name;
mod outcome;
mod part;
mod plan;
mod reads;
mod rule;
mod supply;
mod sync;
mod trial;
mod twice;

pub use fix::{FixFile, FixRow, LeftOut, Mended, fix_trial, fixes};
pub use keep::{Keeps, stand_ins};
pub use lack::{Absent, Lack};
pub use log::{Alike, Line, Names, Scan, Tied, Ties, log_trial, scan};
pub use merge::{Common, Compared, Evidence, Held, KeptValue, MergeRun, Merges, Together, merge_trial, merges};
pub use name::{Accounts, Entry, Ledger, LedgerError, PersonAccount, SchemaRun, SchoolCount, State, Tried, accounts, naming_trial};
pub use outcome::{Outcome, run};
pub use plan::Plan;
pub use sync::{
    Agreement, Cause as SyncCause, Causes as SyncCauses, Change, Differing, Entry as SyncEntry, Forecast, Passed, PlatformRun,
    SchoolOutcomes, SyncRun, Told, agreement, forecast, sync_trial,
};
pub use trial::{Difference, TrialResult, trial};
