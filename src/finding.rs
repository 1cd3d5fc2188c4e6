//! What is wrong, as data: mistakes in packs, findings in rosters, and the summary of a run. Nothing here renders.
mod log;
mod mistake;
mod record;
mod summary;
mod view;
mod wording;

pub use log::{Compared, LogClaim, LogFileView, LogLine, LogReport, LogSection, LogShape, LogUnseen};
pub use mistake::{Label, Mistake, Mistakes};
pub use record::{Cell, Excerpt, Finding, Fingerprint, Hanging, Place, Record};
pub use summary::{Cause, FileSummary, RuleSummary, RunSummary, SourceSummary};
pub use view::{ColumnView, FileView, SchoolView, SourceView};
pub use wording::{Count, List, Severity, suggestion};
