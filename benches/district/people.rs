//! Invented names. No two people of a district share first and last name, whatever the letter case, the diacritics and the punctuation.
use super::prng::Shuffle;
use std::collections::HashSet;

const STARTS: [&str; 24] = [
    "Al", "Be", "Ca", "Da", "El", "Fa", "Ga", "Ha", "Is", "Ja", "Ka", "La", "Ma", "Na", "Or", "Pe", "Ra", "Sa", "Ta", "Va", "Wi", "Xa",
    "Yo", "Ze",
];
const ENDS: [&str; 16] =
    ["bren", "cia", "den", "lisa", "fin", "gan", "rina", "len", "mira", "né", "ria", "son", "tin", "vin", "wen", "zoë"];
const SURNAME_STARTS: [&str; 64] = [
    "Ash", "Bar", "Beck", "Black", "Brad", "Bram", "Brook", "Burn", "Cal", "Carl", "Chester", "Cold", "Cran", "Dal", "Den", "Dun", "East",
    "Edge", "Elm", "Fair", "Fern", "Fox", "Gar", "Glen", "Gold", "Grims", "Hal", "Hart", "Hazel", "Hol", "Hunt", "Ink", "Kel", "King",
    "Lang", "Lind", "Long", "Mac", "Mar", "Mid", "Mill", "Nor", "Oak", "O'Bern", "O'Tal", "Pem", "Pin", "Quar", "Ra", "Red", "Rock",
    "Rose", "Sand", "Shel", "Stan", "Stone", "Sut", "Thorn", "Under", "Wal", "West", "Whit", "Win", "Wood",
];
const SURNAME_ENDS: [&str; 64] = [
    "bank", "beck", "berg", "borne", "bourne", "bridge", "brook", "burgh", "bury", "by", "castle", "cliffe", "combe", "cote", "croft",
    "dale", "den", "don", "down", "dyke", "eaton", "fell", "field", "fleet", "ford", "forth", "gard", "gate", "glass", "grave", "ham",
    "hart", "hithe", "holm", "hurst", "ington", "kirk", "land", "leigh", "ley", "low", "man", "march", "mead", "mere", "mond", "moor",
    "more", "ness", "pool", "port", "ridge", "rode", "row", "scott", "shaw", "stead", "thwaite", "ton", "vale", "wick", "worth", "wright",
    "yard",
];

/// A name, and how a login spells it.
#[derive(Clone)]
pub struct Word {
    pub name: String,
    pub plain: String,
}

pub struct Names {
    pub first: Vec<Word>,
    pub last: Vec<Word>,
    pairs: Shuffle,
}

impl Names {
    pub fn new() -> Self {
        let first = all(&STARTS, &ENDS);
        let last = all(&SURNAME_STARTS, &SURNAME_ENDS);
        let pairs = Shuffle::at_most((first.len() * last.len()) as u64);
        Names { first, last, pairs }
    }

    /// First name, last name, and for the people past the number of pairs a second last name.
    pub fn person(&self, number: u64) -> (&Word, &Word, Option<&Word>) {
        let pair = self.pairs.send(number % self.pairs.prime) as usize;
        let round = (number / self.pairs.prime) as usize;
        let last = pair / self.first.len();
        let second = (round > 0).then(|| &self.last[(last + round) % self.last.len()]);
        (&self.first[pair % self.first.len()], &self.last[last], second)
    }
}

fn all(starts: &[&str], ends: &[&str]) -> Vec<Word> {
    let mut seen = HashSet::new();
    let mut words = Vec::new();
    for start in starts {
        for end in ends {
            let name = format!("{start}{end}");
            let plain = name.replace('\'', "").replace(['é', 'ë'], "e").to_lowercase();
            if seen.insert(plain.clone()) {
                words.push(Word { name, plain });
            }
        }
    }
    words
}
