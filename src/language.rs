//! The language inside a pack's strings: clauses, conditions and templates.
//!
//! Text becomes a syntax tree ([`parse`]), which is checked against the nouns, classes, lists and settings in scope and becomes the
//! ready form ([`form`]) that the engine plans from: names resolved to slots, types decided, settings and lists put in.
pub mod check;
pub mod form;
pub mod functions;
mod grammar;
pub mod joins;
pub mod letters;
pub mod log;
pub mod names;
pub mod parse;
pub mod reason;
pub mod scope;
pub mod syntax;
