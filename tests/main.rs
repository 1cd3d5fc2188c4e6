//! All integration tests, in one program so that they link once.
mod broken_packs;
mod decode;
mod examples;
mod language;
mod report;
mod roster;
