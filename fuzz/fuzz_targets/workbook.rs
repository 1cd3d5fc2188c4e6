//! Workbooks.
#![no_main]
#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(init: rollbook::roster::hide_caught_panics(), |bytes: &[u8]| {
    exercise::exercise("students.xlsx", bytes);
});
