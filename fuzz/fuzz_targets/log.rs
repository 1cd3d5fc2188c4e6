//! Logs: lines or tables of messages, packed or not.
#![no_main]
#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    exercise::exercise_log("import.log", bytes);
    exercise::exercise_log("messages.csv", bytes);
});
