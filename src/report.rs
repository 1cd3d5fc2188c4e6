//! Findings, mistakes and summaries as text for people and as lines for programs. Nothing here prints.
//!
//! What is drawn follows miette: findings and mistakes become its diagnostics, and this is the only room that knows it.
mod diagnostic;
mod excerpt;
mod findings;
mod handler;
mod json;
mod listing;
mod log;
mod mistakes;
mod page;
mod plain;
mod sheet;
mod style;
mod summary;
mod table;
mod text;
mod view;

pub use findings::{finding, rule_tail};
pub use json::json_line;
pub use listing::{listing, paragraph};
pub use log::{log_json_line, log_report};
pub use mistakes::mistakes;
pub use page::page;
pub use sheet::{Audience, SheetKind, plain_cell, sheet};
pub use style::Style;
pub use summary::{severity_totals, summary};
pub use view::{inspection, inspection_lines};
