//! Text in any encoding, with any separator.
#![no_main]
#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(init: rollbook::roster::hide_caught_panics(), |bytes: &[u8]| {
    exercise::exercise("students.csv", bytes);
    exercise::exercise("accounts.tsv", bytes);
});
