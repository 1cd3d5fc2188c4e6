//! All integration tests, in one program so that they link once.
mod broken_data;
mod broken_packs;
mod decode;
mod docs;
mod examples;
mod house;
mod language;
mod matching;
mod merge;
mod model;
mod naming;
mod naming_text;
mod nearly;
mod packs;
mod report;
mod roster;
