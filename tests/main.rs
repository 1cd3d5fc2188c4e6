//! All integration tests, in one program so that they link once.
mod examples;
mod report;
mod roster;
