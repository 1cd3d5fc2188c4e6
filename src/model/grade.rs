//! Grades, however written.

/// A grade: its canonical name and its place in the order of schooling.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Grade {
    /// `infant-toddler`, `preschool`, `pre-k`, `transitional-k`, `k`, `1` to `13`, `postsecondary` and its years 1 to 4,
    /// `undergraduate`, `postgraduate`, `ungraded`, `other`.
    pub name: &'static str,
    /// From the youngest up; `None` for `ungraded` and `other`.
    pub rank: Option<i8>,
}

const NUMBERED: [&str; 13] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"];

/// Reads a grade: the codes of CEDS (`PR` is preschool, `PS` postsecondary), the names (`Kindergarten`), and common spellings (`K`, `1st`, `Grade 1`).
#[must_use]
pub fn grade(text: &str) -> Option<Grade> {
    let mut word: String = text.trim().to_ascii_lowercase();
    word.retain(|letter| !matches!(letter, ' ' | '-' | '_' | '.'));
    let word = word.strip_prefix("grade").unwrap_or(&word);
    let named = |name, rank| Some(Grade { name, rank: Some(rank) });
    match word {
        "it" | "infanttoddler" | "infant" | "toddler" => named("infant-toddler", -4),
        "pr" | "preschool" => named("preschool", -3),
        "pk" | "prek" | "prekindergarten" => named("pre-k", -2),
        "tk" | "transitionalkindergarten" => named("transitional-k", -1),
        "k" | "kg" | "kindergarten" | "0" | "00" => named("k", 0),
        "ps" | "postsecondary" => named("postsecondary", 14),
        "undergraduate" => named("undergraduate", 14),
        "ps1" | "postsecondary1" => named("postsecondary-1", 14),
        "ps2" | "postsecondary2" => named("postsecondary-2", 15),
        "ps3" | "postsecondary3" => named("postsecondary-3", 16),
        "ps4" | "postsecondary4" => named("postsecondary-4", 17),
        "pg" | "postgraduate" | "graduate" | "grad" => named("postgraduate", 18),
        "ug" | "ungraded" => Some(Grade { name: "ungraded", rank: None }),
        "other" => Some(Grade { name: "other", rank: None }),
        _ => {
            let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
            let suffix = &word[digits.len()..];
            if !matches!(suffix, "" | "st" | "nd" | "rd" | "th" | "thgrade")
                || digits.len() > 2
                || !digits.bytes().all(|b| b.is_ascii_digit())
            {
                return None;
            }
            let number: usize = digits.parse().ok()?;
            let name = NUMBERED.get(number.checked_sub(1)?)?;
            named(name, number as i8)
        }
    }
}
