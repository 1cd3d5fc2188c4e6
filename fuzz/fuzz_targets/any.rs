//! Any bytes under any name.
#![no_main]
#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(init: rollbook::roster::hide_caught_panics(), |bytes: &[u8]| {
    if let Some((first, rest)) = bytes.split_first() {
        exercise::exercise(exercise::NAMES[*first as usize % exercise::NAMES.len()], rest);
    }
});
