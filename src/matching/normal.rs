//! Normal forms, beyond what equality folds: addresses, email addresses, the words of names, one slip of the keyboard.
use crate::model::{Type, fold};

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

/// An address in lower case, without diacritics and punctuation, with streets, directions, ordinals and units written one way:
/// `12 N. Oak Street, Apt. 4` and `12 North Oak St #4` are `12 n oak st unit 4`.
#[must_use]
pub fn address(text: &str) -> String {
    let marked = if text.contains('#') { text.replace('#', " unit ") } else { text.to_owned() };
    let Some(folded) = fold(Type::Name, &marked) else { return String::new() };
    let mut address = String::with_capacity(folded.len());
    let mut last = "";
    for word in folded.split(' ') {
        let word = SHORT.iter().find(|(_, long)| long.contains(&word)).map_or(word, |(short, _)| short);
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
