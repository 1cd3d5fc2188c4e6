//! Every reader is fed arbitrary bytes and mutated samples; none may panic, and what they say must have its place. `fuzz/` does the same for longer.
#[path = "../fuzz/exercise.rs"]
mod exercise;

use crate::broken_data::{Case, SCHOOLS, STUDENTS};
use crate::workbooks::Put::{D, N, T, Z};
use crate::workbooks::{gzip, typed, xls, xlsx, zip};
use exercise::{NAMES, exercise};
use proptest::prelude::*;
use std::ops::Range;

/// Mutations of each sample, unless `ROLLBOOK_FUZZ` says how many, or which: `1000..5000` goes on after the first thousand.
const ROUNDS: u64 = 60;

fn rounds() -> Range<u64> {
    let wanted = std::env::var("ROLLBOOK_FUZZ").unwrap_or_default();
    let (from, to) = wanted.split_once("..").unwrap_or(("0", &wanted));
    from.parse().unwrap_or(0)..to.parse().unwrap_or(ROUNDS)
}

/// Well-formed files, each with the name of its reader.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let rows = typed(STUDENTS);
    let mut odd = rows.clone();
    odd.push(vec![N(10.0), N(504.0), T("Berg, Jr."), T("Ida \"Idun\""), D(42_614.5), Z(2138.0, "00000")]);
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(STUDENTS.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let quoted =
        "School_id,Student_id,Last_name,First_name,Grade\r\n10,501,\"Okafor, \"\"A\"\"\",\"Ada\nMary\",3\r\n,,,,\r\n10,502,Lind\r\n";
    vec![
        ("students.csv", STUDENTS.into()),
        ("students.csv", quoted.into()),
        ("students.csv", utf16),
        ("students.csv", STUDENTS.replace(',', ";").replace('é', "\u{c3}\u{a9}").into()),
        ("accounts.tsv", "RefID\tUsername\tGrade\n1\ta\t3\n".into()),
        ("students.csv.gz", gzip(STUDENTS)),
        ("export.zip", zip([("export/schools.csv", SCHOOLS.as_bytes()), ("export/students.csv", quoted.as_bytes())])),
        ("package.zip", zip(Case::one("", 0).files())),
        ("students.xlsx", xlsx(&[("Sheet1", &odd), ("Notes", &rows[..1])])),
        ("students.xls", xls("Sheet1", &odd)),
    ]
}

/// Xorshift: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// Bytes that mean something to one reader or another.
const TELLING: &[u8] = b",;\t|\"\n\r\0\xff\xfe\xef\xbb\xbf\xc3\xa9\x80PK\x1f\x8b<";

fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.next(4) {
        let at = dice.next(bytes.len());
        match dice.next(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.next(8),
            1 if !bytes.is_empty() => bytes[at] = TELLING[dice.next(TELLING.len())],
            2 => bytes.insert(at, TELLING[dice.next(TELLING.len())]),
            3 => bytes.truncate(at),
            4 if !bytes.is_empty() => drop(bytes.drain(at..(at + 1 + dice.next(8)).min(bytes.len()))),
            5 => {
                let piece: Vec<u8> = bytes[at..].iter().copied().take(dice.next(64)).collect();
                let to = dice.next(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ if bytes.len() > 4 => {
                let at = at.min(bytes.len() - 4);
                bytes[at..at + 4].fill([0, 0xff][dice.next(2)]);
            }
            _ => {}
        }
    }
}

#[test]
fn mutated_samples_are_read_without_a_panic() {
    for (sample, (name, bytes)) in samples().into_iter().enumerate() {
        exercise(name, &bytes);
        for round in rounds() {
            let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (round + 1).wrapping_mul(0x2545_f491_4f6c_dd1d) ^ ((sample as u64) << 56));
            let mut bytes = bytes.clone();
            mutate(&mut bytes, &mut dice);
            exercise(name, &bytes);
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
