//! Normal forms, beyond what equality folds: addresses, email addresses, the words of names, one slip of the keyboard.
use crate::model::{Type, fold};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Words of addresses that are written short, and how. `saint` and `street` are one, since `St` is both.
const SHORT: &[(&str, &[&str])] = &[
    ("ave", &["avenue", "av", "aven", "avn"]),
    ("aly", &["alley", "ally"]),
    ("blvd", &["boulevard", "boul", "bd", "boulv"]),
    ("br", &["branch", "bridge"]),
    ("cir", &["circle", "circ", "crcl"]),
    ("cres", &["crescent", "crsc", "crst"]),
    ("ct", &["court", "crt"]),
    ("cv", &["cove"]),
    ("dr", &["drive", "drv"]),
    ("expy", &["expressway", "exp", "expwy"]),
    ("ft", &["fort"]),
    ("fwy", &["freeway", "frwy"]),
    ("gdns", &["gardens", "garden", "gdn"]),
    ("grv", &["grove", "gr"]),
    ("hts", &["heights", "hgts", "ht"]),
    ("hwy", &["highway", "hiway", "hway"]),
    ("jct", &["junction", "jctn"]),
    ("lk", &["lake"]),
    ("ln", &["lane"]),
    ("mnr", &["manor"]),
    ("mt", &["mount", "mountain", "mtn"]),
    ("pkwy", &["parkway", "parkwy", "pky", "pkway"]),
    ("pl", &["place"]),
    ("plz", &["plaza"]),
    ("pt", &["point"]),
    ("rd", &["road"]),
    ("rdg", &["ridge"]),
    ("rte", &["route", "rt"]),
    ("sq", &["square", "sqr"]),
    ("st", &["street", "str", "strt", "saint"]),
    ("ter", &["terrace", "terr", "tce"]),
    ("trl", &["trail", "tr", "trls"]),
    ("vw", &["view"]),
    ("wy", &["way"]),
    ("n", &["north", "nord"]),
    ("s", &["south", "sud"]),
    ("e", &["east", "est"]),
    ("w", &["west", "ouest"]),
    ("ne", &["northeast"]),
    ("nw", &["northwest"]),
    ("se", &["southeast"]),
    ("sw", &["southwest"]),
    ("unit", &["apt", "apartment", "apartement", "appt", "suite", "ste", "no", "num", "number", "rm", "room", "lot", "trlr", "app"]),
    ("fl", &["floor", "flr"]),
    ("bldg", &["building", "bld"]),
    ("1st", &["first"]),
    ("2nd", &["second"]),
    ("3rd", &["third"]),
    ("4th", &["fourth"]),
    ("5th", &["fifth"]),
    ("6th", &["sixth"]),
    ("7th", &["seventh"]),
    ("8th", &["eighth"]),
    ("9th", &["ninth"]),
    ("10th", &["tenth"]),
];

static BY_LONG: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| SHORT.iter().flat_map(|(short, long)| long.iter().map(|long| (*long, *short))).collect());

/// An address in lower case, without diacritics and punctuation, with streets, directions, ordinals and units written one way:
/// `12 N. Oak Street, Apt. 4` and `12 North Oak St #4` are `12 n oak st unit 4`.
#[must_use]
pub fn address(text: &str) -> String {
    let marked = if text.contains('#') { text.replace('#', " unit ") } else { text.to_owned() };
    let Some(folded) = fold(Type::Name, &marked) else { return String::new() };
    let mut address = String::with_capacity(folded.len());
    let mut last = "";
    for word in folded.split(' ') {
        let word = BY_LONG.get(word).copied().unwrap_or(word);
        // `Apt #4` has two words for one thing.
        if word == "unit" && last == "unit" {
            continue;
        }
        if !address.is_empty() {
            address.push(' ');
        }
        address.push_str(word);
        last = word;
    }
    address
}

/// The two parts of an email address in lower case; `None` when it is none.
#[must_use]
pub fn local_and_domain(text: &str) -> Option<(String, String)> {
    let (local, domain) = text.trim().split_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then(|| (local.to_lowercase(), domain.to_lowercase()))
}

/// What stands after a name to tell generations apart, as a number; `jr` is the second.
pub(super) fn generation(word: &str) -> Option<u8> {
    Some(match word {
        "sr" | "senior" => 1,
        "jr" | "junior" | "ii" | "2nd" => 2,
        "iii" | "3rd" => 3,
        "iv" | "4th" => 4,
        _ => return None,
    })
}

/// A word in front of a surname that is often left out.
pub(super) fn particle(word: &str) -> bool {
    const PARTICLES: [&str; 26] = [
        "al", "bin", "ben", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le",
        "los", "ten", "ter", "van", "von", "y", "zu",
    ];
    PARTICLES.contains(&word)
}

/// A single slip between two texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Edit {
    /// One character is another.
    Replaced,
    /// One character is missing on one side.
    Missing,
    /// Two neighbours changed places.
    Swapped,
}

/// The single slip that makes `right` of `left`, and the characters that it is about; `None` when there are none or more.
pub(super) fn slip(left: &str, right: &str) -> Option<(Edit, usize, [char; 2])> {
    if left.len().abs_diff(right.len()) > 4 {
        return None;
    }
    let (mut a, mut b) = (left.chars(), right.chars());
    let mut at = 0;
    loop {
        let (rest_a, rest_b) = (a.as_str(), b.as_str());
        match (a.next(), b.next()) {
            (Some(x), Some(y)) if x == y => at += 1,
            (Some(x), Some(y)) => {
                if a.as_str() == b.as_str() {
                    return Some((Edit::Replaced, at, [x, y]));
                }
                if a.as_str() == rest_b || rest_a == b.as_str() {
                    return Some((Edit::Missing, at, if a.as_str() == rest_b { [x, x] } else { [y, y] }));
                }
                let swapped = a.next() == Some(y) && b.next() == Some(x) && a.as_str() == b.as_str();
                return swapped.then_some((Edit::Swapped, at, [x, y]));
            }
            (Some(x), None) => return a.as_str().is_empty().then_some((Edit::Missing, at, [x, x])),
            (None, Some(y)) => return b.as_str().is_empty().then_some((Edit::Missing, at, [y, y])),
            (None, None) => return None,
        }
    }
}

/// Whether the Jaro-Winkler similarity of two texts is at least `bound`, which is above 0.8. Most pairs are told apart by their lengths and letters alone.
pub(super) fn alike(left: &str, right: &str, bound: f64) -> bool {
    let prefix = left.bytes().zip(right.bytes()).take(4).take_while(|(a, b)| a == b).count() as f64;
    let needed = (bound - 0.1 * prefix) / (1.0 - 0.1 * prefix);
    let letters = |text: &str| text.bytes().fold(0u64, |letters, byte| letters | 1 << (byte & 63));
    let (left_letters, right_letters) = (letters(left), letters(right));
    let matching = |text: &str, own: u64, other: u64| text.len() - ((own & !other).count_ones() as usize).min(text.len());
    let most = matching(left, left_letters, right_letters).min(matching(right, right_letters, left_letters)) as f64;
    // The most that Jaro similarity can be when so many letters match, all in order. Other scripts have several bytes a letter, which only loosens it.
    let reach = (most / left.len() as f64 + most / right.len() as f64 + 1.0) / 3.0;
    let ascii = left.is_ascii() && right.is_ascii();
    (!ascii || reach + 1e-9 >= needed) && strsim::jaro_winkler(left, right) >= bound
}
