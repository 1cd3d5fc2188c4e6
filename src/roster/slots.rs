//! The table behind the symbols: keys of texts, and the numbers they have.
//!
//! A look into a table of millions misses every cache, and so does each further look at where the text stands. So a key of a text of up to eleven bytes, which
//! most ids, names and phone numbers are, *is* the text, and one look decides; a longer text's key is a hash, and the texts are compared.
use super::hash::{hash, mix};

/// Bytes of a text that a key can hold.
const WHOLE: usize = 11;
/// In place of the length, for texts that are longer.
const LONG: u32 = 0xff << 24;

/// What the table knows of a text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Key {
    /// The first eight bytes, or a hash.
    head: u64,
    /// Up to three bytes more and the length, or [`LONG`] and the low bits of the length.
    tail: u32,
}

impl Key {
    #[inline]
    pub(super) fn of(text: &[u8]) -> Key {
        let length = text.len();
        if length > WHOLE {
            return Key { head: hash(text), tail: LONG | (length as u32 & 0x00ff_ffff) };
        }
        let word = |at: usize| text.get(at..at + 8).and_then(|slice| slice.try_into().ok()).map_or(0, u64::from_le_bytes);
        let half = |at: usize| text.get(at..at + 4).and_then(|slice| slice.try_into().ok()).map_or(0, u32::from_le_bytes);
        let (head, rest) = match length {
            // The second word ends with the text and repeats what the first has; the shift drops that.
            8.. => (word(0), if length == 8 { 0 } else { word(length - 8) >> (8 * (16 - length)) }),
            4..8 => (u64::from(half(0)) | (u64::from(half(length - 4)) << (8 * (length - 4))), 0),
            _ => (text.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte)), 0),
        };
        Key { head, tail: rest as u32 | (length as u32) << 24 }
    }

    /// Whether the key alone says which text it is.
    #[inline]
    pub(super) fn is_whole(self) -> bool {
        self.tail < LONG
    }

    /// Where to look: the upper bits choose a shard, the lower half a place in it.
    #[inline]
    pub(super) fn spot(self) -> u64 {
        const K0: u64 = 0x9e37_79b9_7f4a_7c15;
        const K1: u64 = 0xd6e8_feb8_6659_fd93;
        const K2: u64 = 0xa076_1d64_78bd_642f;
        mix(mix(self.head ^ K0, u64::from(self.tail) ^ K1) ^ K2, K1)
    }
}

/// A place of the table. The number is counted from 1; 0 is free.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Slot {
    // The key's parts: a key as a whole would be padded, and four slots would no longer share a line of the cache.
    head: u64,
    tail: u32,
    number: u32,
}

impl Slot {
    fn key(self) -> Key {
        Key { head: self.head, tail: self.tail }
    }

    /// The number that stands here under this key.
    #[inline]
    pub(super) fn number(self, key: Key) -> Option<u32> {
        if self.key() == key { self.number.checked_sub(1) } else { None }
    }
}

/// An open-addressed table, at most three quarters full. Slots are in the order of their spots, so that growing goes through memory once.
#[derive(Default)]
pub(super) struct Slots {
    slots: Vec<Slot>,
}

impl Slots {
    #[inline]
    fn home(&self, spot: u64) -> usize {
        ((u64::from(spot as u32) * self.slots.len() as u64) >> 32) as usize
    }

    /// What stands where the key should be, if it is not further on. There must be room.
    #[inline]
    pub(super) fn first(&self, spot: u64) -> Slot {
        self.slots[self.home(spot)]
    }

    /// The number of the key that `same` accepts, or the place where it belongs.
    #[inline]
    pub(super) fn find(&self, key: Key, spot: u64, mut same: impl FnMut(u32) -> bool) -> Result<u32, usize> {
        let mut at = self.home(spot);
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.number != 0) {
            match slot.number(key) {
                Some(number) if same(number) => return Ok(number),
                _ => at = if at + 1 == self.slots.len() { 0 } else { at + 1 },
            }
        }
        Err(at)
    }

    /// Puts a number where [`Slots::find`] said it belongs.
    #[inline]
    pub(super) fn set(&mut self, at: usize, key: Key, number: u32) {
        self.slots[at] = Slot { head: key.head, tail: key.tail, number: number + 1 };
    }

    /// Makes room for `count` in all, and for as many as there will be in the end, as far as `expected` tells it from the number so far: what grows
    /// seldom is seldom moved.
    pub(super) fn reserve(&mut self, count: usize, expected: impl FnOnce(usize) -> usize) {
        if count * 4 <= self.slots.len() * 3 {
            return;
        }
        let size = expected(count).saturating_mul(3).div_ceil(2).clamp(count * 5 / 3, count * 5).max(16);
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        for slot in old.into_iter().filter(|slot| slot.number != 0) {
            let mut at = self.home(slot.key().spot());
            while self.slots[at].number != 0 {
                at = if at + 1 == size { 0 } else { at + 1 };
            }
            self.slots[at] = slot;
        }
    }
}

/// The table after reading, when few ask: the numbers alone, a quarter of the memory. Six bits of the spot beside each spare most looks at a text.
pub(super) struct Places {
    /// Number, counted from 1, and [`tag`]; 0 is free.
    places: Vec<u32>,
}

const TAG_SHIFT: u32 = 26;

#[inline]
fn tag(spot: u64) -> u32 {
    // Bits that choose neither the shard nor the place.
    ((spot >> 50) as u32) << TAG_SHIFT
}

impl Places {
    pub(super) fn new(slots: Slots) -> Self {
        let taken = slots.slots.iter().filter(|slot| slot.number != 0);
        let mut table = Places { places: vec![0; taken.clone().count() * 3 / 2 + 1] };
        for slot in taken {
            let spot = slot.key().spot();
            let mut at = table.home(spot);
            while table.places[at] != 0 {
                at = table.after(at);
            }
            table.places[at] = slot.number | tag(spot);
        }
        table
    }

    fn home(&self, spot: u64) -> usize {
        ((u64::from(spot as u32) * self.places.len() as u64) >> 32) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.places.len() { 0 } else { at + 1 }
    }

    /// The number at this spot that `same` accepts.
    #[inline]
    pub(super) fn find(&self, spot: u64, mut same: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut at = self.home(spot);
        while self.places[at] != 0 {
            let number = self.places[at] & ((1 << TAG_SHIFT) - 1);
            if self.places[at] - number == tag(spot) && same(number - 1) {
                return Some(number - 1);
            }
            at = self.after(at);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use std::collections::HashMap;

    #[test]
    fn short_keys_are_the_text() {
        let text = b"abcdefghijklmnop";
        let mut known: HashMap<(u64, u32), &[u8]> = HashMap::new();
        for start in 0..4 {
            for end in start..=text.len() {
                let key = Key::of(&text[start..end]);
                assert_eq!(key.is_whole(), end - start <= 11);
                assert!(known.insert((key.head, key.tail), &text[start..end]).is_none_or(|before| before == &text[start..end]));
            }
        }
        for zeros in 0..12 {
            let text = vec![0; zeros];
            assert!(known.insert((Key::of(&text).head, Key::of(&text).tail), b"zeros").is_none_or(|before| before.is_empty()));
        }
        for length in 1..=11 {
            for at in 0..length {
                let mut text = vec![b'a'; length];
                let before = Key::of(&text);
                text[at] = b'b';
                assert_ne!(Key::of(&text), before, "byte {at} of {length}");
            }
        }
    }
}
