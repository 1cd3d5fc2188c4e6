//! Logs: lines or tables of messages, packed or not.
#![no_main]
#[allow(dead_code, reason = "only logs are read here")]
#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(init: rollbook::roster::hide_caught_panics(), |bytes: &[u8]| {
    exercise::exercise_log("import.log", bytes);
    exercise::exercise_log("messages.csv", bytes);
});
