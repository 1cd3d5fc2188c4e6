//! Packs: from TOML files to checked rules; the district's configuration; which packs a run uses.
mod compile;
mod compile_naming;
mod config;
mod definitions;
mod file;
mod library;
mod link;
mod lint;
mod naming;
mod page;
mod page_naming;
mod read;
mod read_naming;
mod read_rule;
mod read_test;
mod rule;

pub use compile::{Overrides, compile};
pub use compile_naming::STATES;
pub use config::{Config, ListSource, SourceConfig};
pub use file::{Definition, Expected, ExpectedPerson, Given, NamingTest, PackFile, Reuse, Setup, TargetFile, TestFile};
pub use library::{BUILTIN, builtin, builtin_names, order};
pub use lint::lint;
pub use naming::{Naming, Password, Way};
pub use page::{page, reference};
pub use page_naming::schema_page;
pub use read::read;
pub use rule::{Body, Follow, Grouping, Label, Link, Pack, Reference, Rule, Shape, Variant};
