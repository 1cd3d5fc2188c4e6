//! Rosters: layouts, readers, columns, and where each cell came from.
//!
//! A [`Survey`] looks at names and header rows; it knows what could be had. [`Survey::read`] then takes the columns that are wanted into a
//! [`Dataset`]: one [`Table`] per noun, a column per field, a [`Sym`] per cell. Where a record stands is found when it is shown.
mod archive;
mod bytes;
mod checks;
mod chunk;
mod compound;
mod damage;
mod dataset;
mod detect;
mod excerpt;
mod hash;
mod header;
mod inline;
mod inspect;
mod interner;
mod inventory;
mod lack;
mod layout;
mod layout_reader;
mod layouts;
mod listing;
mod locate;
mod marks;
mod notices;
mod numbers;
mod plan;
mod propose;
mod reader;
mod records;
mod release;
mod repeats;
mod schema;
mod slots;
mod split;
mod spots;
mod survey;
mod symbols;
mod table;
mod text;
mod workbook;

pub use crate::model::FieldRef;
pub use checks::{CHECKS, Check};
pub use dataset::{Dataset, ReadOptions};
pub use inline::InlineTable;
pub use inventory::Inventory;
pub use layout::{Each, FileMap, Filter, From, Layout, Lookup, Part, RecordMap, Sign, Source};
pub use layouts::Layouts;
pub use listing::is_there;
pub use plan::Wanted;
pub use reader::Progress;
pub(crate) use release::release_memory;
pub use survey::{Input, Recognised, Role, Survey, SurveyError};
pub use symbols::{Sym, Symbols};
pub use table::Table;
pub use workbook::{hide_caught_panics, workbook_rows};
