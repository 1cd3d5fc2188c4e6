//! How two values of a type relate: what `nearly` takes, and why.
use super::normal::{Edit, address, alike, generation, particle, slip};
use super::{Level, Nicknames};
use crate::model::{Type, fold, order};

/// Jaro-Winkler similarity from which on two words are alike.
pub(super) const ALIKE: f64 = 0.92;

/// How two values relate, from the closest on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Nearness {
    /// Equal as values of their type.
    Equal,
    /// The same after abbreviations: `St` and `Street`, `Apt 4` and `#4`.
    Abbreviated,
    /// The same words in another order, or run together.
    Reordered,
    /// The words of one are among those of the other: a middle name, a second surname.
    Contained,
    /// One name stands for the other: Bill and William.
    Nickname,
    /// Day and month changed places.
    DayMonth,
    /// One character wrong, missing or too many.
    Slip,
    /// Two neighbours changed places.
    Transposed,
    /// An initial in place of a name.
    Initial,
    /// Jaro-Winkler similarity is high.
    Alike,
    /// None of these.
    Apart,
}

impl Nearness {
    /// What it means for a score.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Nearness::Equal => Level::Same,
            Nearness::Abbreviated | Nearness::Reordered | Nearness::Contained | Nearness::Nickname => Level::Form,
            Nearness::DayMonth | Nearness::Slip | Nearness::Transposed => Level::Typo,
            Nearness::Initial | Nearness::Alike => Level::Similar,
            Nearness::Apart => Level::Differs,
        }
    }

    /// In words, for evidence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Nearness::Equal => "equal",
            Nearness::Abbreviated => "equal but for abbreviations",
            Nearness::Reordered => "the same words in another order",
            Nearness::Contained => "one is a part of the other",
            Nearness::Nickname => "one is a nickname",
            Nearness::DayMonth => "day and month changed places",
            Nearness::Slip => "one character differs",
            Nearness::Transposed => "two neighbours changed places",
            Nearness::Initial => "an initial",
            Nearness::Alike => "alike",
            Nearness::Apart => "different",
        }
    }
}

/// `left nearly right`; `None` when one of them can't be read as a value of `kind`. Equal values are nearly equal too.
#[must_use]
pub fn nearly(kind: Type, left: &str, right: &str, names: &Nicknames) -> Option<bool> {
    nearness(kind, left, right, names).map(|near| near != Nearness::Apart)
}

/// How two values of `kind` relate; `None` when one of them can't be read as one. A day that no calendar has is still read by its digits.
#[must_use]
pub fn nearness(kind: Type, left: &str, right: &str, names: &Nicknames) -> Option<Nearness> {
    if kind == Type::Date {
        return dates(left, right);
    }
    let (left, right) = (fold(kind, left)?, fold(kind, right)?);
    if left == right {
        return Some(Nearness::Equal);
    }
    Some(match kind {
        Type::Name => whole_names(&left, &right, names),
        Type::Email | Type::Login => logins(&left, &right),
        Type::Phone => phones(&left, &right),
        Type::Id | Type::Number => numbers(&left, &right),
        Type::Text => addresses(&left, &right),
        Type::Grade => match (order(kind, &left), order(kind, &right)) {
            (Some(left), Some(right)) if (left - right).abs() <= 1.0 => Nearness::Alike,
            _ => Nearness::Apart,
        },
        Type::Flag | Type::Date => Nearness::Apart,
    })
}

/// Names, folded and not equal.
fn whole_names(left: &str, right: &str, names: &Nicknames) -> Nearness {
    if !left.contains(' ') && !right.contains(' ') {
        return words(left, right, names);
    }
    let (mut left, mut right) = (split(left), split(right));
    let generations = (take_generation(&mut left), take_generation(&mut right));
    let same_words = if left == right {
        Nearness::Equal
    } else if left.concat() == right.concat() {
        Nearness::Reordered
    } else {
        many_words(&left, &right, names)
    };
    match generations {
        (None, None) => same_words,
        (Some(left), Some(right)) if left != right => Nearness::Apart,
        (Some(_), Some(_)) => same_words.max(Nearness::Abbreviated),
        // Father and son of one name, or one person with and without.
        _ => same_words.max(Nearness::Alike),
    }
}

fn split(name: &str) -> Vec<&str> {
    name.split(' ').collect()
}

fn take_generation(words: &mut Vec<&str>) -> Option<u8> {
    if words.len() < 2 {
        return None;
    }
    let generation = generation(words.last()?)?;
    words.pop();
    Some(generation)
}

/// Each word of the shorter name finds its own in the longer one; the loosest of these relations is the answer.
fn many_words(left: &[&str], right: &[&str], names: &Nicknames) -> Nearness {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let mut free = long.to_vec();
    let (mut loosest, mut whole, mut moved) = (Nearness::Equal, false, false);
    // Equal words first, so that `J John` and `John` are not paired by the initial.
    let (equal, other): (Vec<_>, Vec<_>) = short.iter().enumerate().partition(|(_, word)| long.contains(word));
    for (at, word) in equal.into_iter().chain(other) {
        let best = free.iter().enumerate().map(|(place, other)| {
            let near = if word == other { Nearness::Equal } else { words(word, other, names) };
            (near, place)
        });
        let Some((near, place)) = best.min() else { return Nearness::Apart };
        if near == Nearness::Apart {
            return Nearness::Apart;
        }
        whole |= near < Nearness::Initial && !particle(word);
        moved |= short.len() == long.len() && long.iter().position(|other| *other == free[place]) != Some(at);
        if !(particle(word) && near == Nearness::Equal) {
            loosest = loosest.max(near);
        }
        free.remove(place);
    }
    if !whole {
        // Nothing but initials and particles.
        return if loosest >= Nearness::Initial { loosest } else { Nearness::Apart };
    }
    // A middle initial is as good as a middle name left out.
    let form = if loosest == Nearness::Initial || short.len() < long.len() { Nearness::Contained } else { Nearness::Equal };
    let form = if moved { form.max(Nearness::Reordered) } else { form };
    if loosest == Nearness::Initial { form } else { form.max(loosest) }
}

/// How many letters a word has.
fn letters(word: &str) -> usize {
    if word.is_ascii() { word.len() } else { word.chars().count() }
}

/// Two words of names, not equal.
fn words(left: &str, right: &str, names: &Nicknames) -> Nearness {
    if names.related(left, right) {
        return Nearness::Nickname;
    }
    let (short, long) = if letters(left) <= letters(right) { (left, right) } else { (right, left) };
    if short.chars().nth(1).is_none() {
        return if long.starts_with(short) { Nearness::Initial } else { Nearness::Apart };
    }
    if letters(long) >= 4 && letters(short) >= 3 {
        match slip(left, right) {
            // Names that differ in their first letter rhyme, and twins' names do.
            Some((Edit::Replaced | Edit::Missing, 0, _)) => return if letters(short) >= 4 { Nearness::Alike } else { Nearness::Apart },
            Some((Edit::Swapped, ..)) => return Nearness::Transposed,
            Some(_) => return Nearness::Slip,
            None => {}
        }
    }
    if letters(short) >= 4 && alike(left, right, ALIKE) {
        return Nearness::Alike;
    }
    Nearness::Apart
}

/// Addresses of mail and logins: one slip in the local part or in the domain. A first letter or a digit is no slip: `asmith` is not `bsmith`,
/// and `asmith2` not `asmith3`.
fn logins(left: &str, right: &str) -> Nearness {
    let parts = |text: &str| text.split_once('@').map_or((text.to_owned(), String::new()), |(a, b)| (a.to_owned(), b.to_owned()));
    let ((left_local, left_domain), (right_local, right_domain)) = (parts(left), parts(right));
    let (left, right) = match (left_local == right_local, left_domain == right_domain) {
        (false, true) => (left_local, right_local),
        (true, false) => (left_domain, right_domain),
        _ => return Nearness::Apart,
    };
    if letters(&left).min(letters(&right)) < 4 {
        return Nearness::Apart;
    }
    match slip(&left, &right) {
        Some((_, 0, _)) | None => Nearness::Apart,
        Some((_, _, letters)) if letters.iter().any(char::is_ascii_digit) => Nearness::Apart,
        Some((Edit::Swapped, ..)) => Nearness::Transposed,
        Some(_) => Nearness::Slip,
    }
}

/// Digits of phones: one wrong, two transposed, or the area code left out.
fn phones(left: &str, right: &str) -> Nearness {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if short.len() < 7 {
        return Nearness::Apart;
    }
    if short.len() == 7 && long.len() == 10 && long.ends_with(short) {
        return Nearness::Contained;
    }
    same_length(left, right)
}

/// Ids and numbers: zeros in front that a spreadsheet took, one character wrong, two transposed.
fn numbers(left: &str, right: &str) -> Nearness {
    let bare = |text: &str| text.trim().trim_start_matches('0').to_ascii_lowercase();
    let (bare_left, bare_right) = (bare(left), bare(right));
    if bare_left == bare_right && !bare_left.is_empty() {
        return Nearness::Abbreviated;
    }
    if left.len() < 4 { Nearness::Apart } else { same_length(left, right) }
}

fn same_length(left: &str, right: &str) -> Nearness {
    if left.len() != right.len() {
        return Nearness::Apart;
    }
    match slip(left, right) {
        Some((Edit::Swapped, ..)) => Nearness::Transposed,
        Some((Edit::Replaced, ..)) => Nearness::Slip,
        _ => Nearness::Apart,
    }
}

/// Days: day and month swapped, one digit wrong, two transposed.
fn dates(left: &str, right: &str) -> Option<Nearness> {
    let (left, right) = (date_parts(left)?, date_parts(right)?);
    if left == right {
        return Some(Nearness::Equal);
    }
    if left.0 == right.0 && left.1 == right.2 && left.2 == right.1 {
        return Some(Nearness::DayMonth);
    }
    let digits = |(year, month, day): (u16, u16, u16)| {
        let mut digits = [0; 8];
        let mut number = u32::from(year) * 10_000 + u32::from(month) * 100 + u32::from(day);
        for digit in digits.iter_mut().rev() {
            *digit = number % 10;
            number /= 10;
        }
        digits
    };
    let (left, right) = (digits(left), digits(right));
    let wrong: Vec<usize> = (0..8).filter(|at| left[*at] != right[*at]).collect();
    Some(match wrong[..] {
        [_] => Nearness::Slip,
        [a, b] if b == a + 1 && left[a] == right[b] && left[b] == right[a] => Nearness::Transposed,
        _ => Nearness::Apart,
    })
}

/// Year, month and day as written, whether or not there is such a day.
fn date_parts(text: &str) -> Option<(u16, u16, u16)> {
    let text = text.trim().split(['T', ' ']).next()?;
    let (year, month, day) = if let Some((month, rest)) = text.split_once('/') {
        let (day, year) = rest.split_once('/')?;
        (year, month, day)
    } else {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        (year, month, day)
    };
    if year.len() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten();
    Some((number(year)?, number(month)?, number(day)?))
}

/// Texts, as addresses: numbers must agree, and of the words one may be misspelt or some left out.
fn addresses(left: &str, right: &str) -> Nearness {
    let (left, right) = (address(left), address(right));
    if left.is_empty() || right.is_empty() {
        return Nearness::Apart;
    }
    if left == right {
        return Nearness::Abbreviated;
    }
    if left.replace(' ', "") == right.replace(' ', "") {
        return Nearness::Reordered;
    }
    let numbered = |text: &str| {
        let (mut numbers, words): (Vec<String>, Vec<String>) = text
            .split(' ')
            .filter(|word| *word != "unit")
            .map(str::to_owned)
            .partition(|word| word.bytes().any(|byte| byte.is_ascii_digit()));
        numbers.sort_unstable();
        (numbers, words)
    };
    let ((left_numbers, left_words), (right_numbers, right_words)) = (numbered(&left), numbered(&right));
    let (left_text, right_text) = (left_words.join(" "), right_words.join(" "));
    let numbers = match (&left_numbers[..], &right_numbers[..]) {
        (left, right) if left == right => Nearness::Equal,
        ([left], [right]) if left.len() >= 3 && matches!(slip(left, right), Some((Edit::Swapped, ..))) => Nearness::Alike,
        // A unit that one of them leaves out; the number of the house must be there.
        (left, right) => {
            let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
            if !short.is_empty() && short.len() < long.len() && within(short, long) {
                Nearness::Contained
            } else {
                return Nearness::Apart;
            }
        }
    };
    let words = if left_text == right_text {
        Nearness::Equal
    } else if contained(&left_words, &right_words) {
        if left_words.len() == right_words.len() { Nearness::Reordered } else { Nearness::Contained }
    } else if letters(&left_text).min(letters(&right_text)) < 4 {
        return Nearness::Apart;
    } else {
        match slip(&left_text, &right_text) {
            Some((Edit::Swapped, ..)) => Nearness::Transposed,
            Some(_) => Nearness::Slip,
            None if alike(&left_text, &right_text, ALIKE) => Nearness::Alike,
            None => return Nearness::Apart,
        }
    };
    numbers.max(words)
}

/// Whether all words of one are words of the other, and more than `st` among them.
fn contained(left: &[String], right: &[String]) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    within(short, long) && short.iter().any(|word| word.len() > 3)
}

/// Whether every word of the shorter list has one of its own in the longer.
fn within(short: &[String], long: &[String]) -> bool {
    let mut free: Vec<&String> = long.iter().collect();
    short.iter().all(|word| free.iter().position(|other| *other == word).map(|place| free.swap_remove(place)).is_some())
}
