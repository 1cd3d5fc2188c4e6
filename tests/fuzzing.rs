//! Every reader is fed arbitrary bytes and mutated samples; none may panic, and what they say must have its place. `fuzz/long.rs` does the same for longer.
#[path = "../fuzz/exercise.rs"]
mod exercise;
#[path = "../fuzz/samples.rs"]
mod samples;

use crate::workbooks::{typed, xls};
use exercise::{NAMES, exercise};
use proptest::prelude::*;
use rollbook::roster::{Layouts, Survey};
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

/// A cell of an old workbook far out, cut off in its text, whose row and column were made room for.
#[test]
fn a_cell_that_is_cut_off_takes_no_room() {
    let whole = xls("Sheet1", &typed("Student_id,Last_name\n501,Okafor\n"));
    let text: Vec<u8> = "Okafor".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = whole.windows(text.len()).position(|window| window == text).expect("the text");
    for corner in [[0x04, 0x3c, 0x00, 0x03], [0xff; 4]] {
        let mut bytes = whole.clone();
        // Row, column, format, length and kind of letters stand before it.
        bytes[at - 9..at - 5].copy_from_slice(&corner);
        bytes.truncate(at + 4);
        let told = Survey::of_bytes("students.xls", bytes, &Layouts::builtin()).expect_err("a damaged workbook").message;
        assert!(told.contains("damaged"), "{told}");
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
