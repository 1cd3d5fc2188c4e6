//! All integration tests, in one program so that they link once.
mod accounts;
mod broken_data;
mod broken_formats;
mod broken_packs;
mod decode;
mod docs;
mod examples;
mod fuzzing;
mod house;
mod language;
mod model;
mod naming;
mod naming_text;
mod packs;
mod report;
mod roster;
mod workbooks;
