//! What stands in a snapshot in place of a value that rules only compare: a keyed hash of its key.
use std::fmt;

/// What people are told in place of a value that a snapshot keeps as a hash.
pub const HASHED: &str = "(kept as a hash)";

/// A value as its hash, written `hash:` and 32 hexadecimal digits; of a value that can't be read as its type, `hash?` and the hash of its bytes.
///
/// It is its own key for every type, and so equal to itself alone; without a key where the value had none. No value of a roster looks like that, and one
/// that was made to is merely equal to nothing but itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hashed {
    /// Whether the value could be read as its type.
    pub readable: bool,
    /// 128 bits of the hash.
    pub hash: u128,
}

const DIGITS: usize = 32;
const LENGTH: usize = "hash:".len() + DIGITS;

impl Hashed {
    /// Reads what [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn read(text: &str) -> Option<Hashed> {
        // Asked of every value that is folded, and nearly none is that long.
        if text.len() != LENGTH || !text.is_ascii() {
            return None;
        }
        let readable = match text.get(.."hash:".len())? {
            "hash:" => true,
            "hash?" => false,
            _ => return None,
        };
        let digits = text.get("hash:".len()..)?;
        let lower = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        digits.bytes().all(lower).then(|| u128::from_str_radix(digits, 16).ok()).flatten().map(|hash| Hashed { readable, hash })
    }
}

impl fmt::Display for Hashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hash{}{:032x}", if self.readable { ':' } else { '?' }, self.hash)
    }
}
