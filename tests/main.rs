//! All integration tests, in one program so that they link once.
mod docs;
mod examples;
mod house;
mod model;
mod packs;
mod report;
mod roster;
