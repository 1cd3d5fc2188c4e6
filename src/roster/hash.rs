//! The hash of a text: the same on every machine and in every run, and quick on the short texts that cells are.

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xd6e8_feb8_6659_fd93;
const K2: u64 = 0xa076_1d64_78bd_642f;

/// Both halves of the product, folded into one.
#[inline]
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    // Callers make sure of the eight bytes; a shorter slice would only change the hash.
    bytes.get(at..at + 8).and_then(|slice| slice.try_into().ok()).map_or(0, u64::from_le_bytes)
}

#[inline]
fn half(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 4).and_then(|slice| slice.try_into().ok()).map_or(0, |four| u64::from(u32::from_le_bytes(four)))
}

/// The hash of `bytes`.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    let (low, high) = match length {
        0..4 => {
            let at = |index: usize| bytes.get(index).copied().map_or(0, u64::from);
            (at(0) | at(1) << 8 | at(2) << 16, 0)
        }
        4..8 => (half(bytes, 0), half(bytes, length - 4)),
        8..=16 => (word(bytes, 0), word(bytes, length - 8)),
        _ => return long(bytes),
    };
    mix(mix(low ^ K0, high ^ K1) ^ K2, (length as u64) ^ K1)
}

fn long(bytes: &[u8]) -> u64 {
    let mut state = K2;
    let mut rest = bytes;
    while rest.len() > 16 {
        state = mix(word(rest, 0) ^ state, word(rest, 8) ^ K1);
        rest = &rest[16..];
    }
    let tail = &bytes[bytes.len() - 16..];
    state = mix(word(tail, 0) ^ state, word(tail, 8) ^ K0);
    mix(state ^ K2, (bytes.len() as u64) ^ K1)
}

/// Adds a hash to a digest of several.
#[inline]
pub(super) fn join(digest: u64, next: u64) -> u64 {
    mix(digest ^ K0, next ^ K2) ^ next.rotate_left(23)
}

/// Whether two texts are the same; short ones without a call.
#[inline]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    let length = a.len();
    if length != b.len() {
        return false;
    }
    match length {
        0..4 => a == b,
        4..8 => half(a, 0) == half(b, 0) && half(a, length - 4) == half(b, length - 4),
        8..=16 => word(a, 0) == word(b, 0) && word(a, length - 8) == word(b, length - 8),
        _ => a == b,
    }
}
