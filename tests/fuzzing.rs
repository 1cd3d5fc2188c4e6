//! Every reader is fed arbitrary bytes and mutated samples; none may panic, and what they say must have its place. `fuzz/long.rs` does the same for longer.
#[path = "../fuzz/exercise.rs"]
mod exercise;
#[path = "../fuzz/samples.rs"]
mod samples;

use exercise::{NAMES, exercise};
use proptest::prelude::*;
use samples::{READERS, samples};

/// Damaged inputs of each sample.
const ROUNDS: u64 = 60;

#[test]
fn damaged_samples_are_read_without_a_panic() {
    let samples = samples();
    assert!(READERS.iter().all(|reader| samples.iter().any(|sample| sample.reader == *reader)));
    for sample in samples {
        sample.exercise(&sample.bytes);
        for number in 0..ROUNDS {
            sample.exercise(&sample.damaged(number));
        }
    }
}

/// Beginnings by which files are told apart.
const HEADS: &[&[u8]] = &[
    b"",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"sep=;\n",
    b"School_id;Student_id;Last_name;First_name\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_read_without_a_panic(
        name in proptest::sample::select(NAMES),
        head in proptest::sample::select(HEADS),
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        exercise(name, &[head, &bytes].concat());
    }
}
