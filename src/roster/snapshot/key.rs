//! The key of a district's snapshots, and the hashes that are made with it.
use crate::model::{Hashed, Type, fold};

/// The secret with which values are hashed: without it, nobody can tell from a hash whether it is that of a value that they guess.
pub struct SnapshotKey([u8; SnapshotKey::LENGTH]);

/// What the fingerprint of a key is made of.
const PRINT: &[u8] = b"rollbook snapshot key";

impl SnapshotKey {
    /// Bytes of a key.
    pub const LENGTH: usize = 32;

    /// A key of these bytes, which come from a secure random source.
    #[must_use]
    pub fn new(bytes: [u8; SnapshotKey::LENGTH]) -> SnapshotKey {
        SnapshotKey(bytes)
    }

    /// Reads a key as [`text`](Self::text) writes it, with blanks around it.
    #[must_use]
    pub fn read(text: &str) -> Option<SnapshotKey> {
        let digits = text.trim().as_bytes();
        if digits.len() != 2 * Self::LENGTH {
            return None;
        }
        let digit = |at: usize| char::from(digits[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let mut bytes = [0; Self::LENGTH];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = digit(2 * at)? << 4 | digit(2 * at + 1)?;
        }
        Some(SnapshotKey(bytes))
    }

    /// The key in hexadecimal digits, for its file alone.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What tells this key from another and gives nothing of it away.
    #[must_use]
    pub fn print(&self) -> String {
        blake3::keyed_hash(&self.0, PRINT).to_hex()[..16].to_owned()
    }

    /// The hash of a value that is compared as one of `kind`. Values that are equal by that type have the same; of one that can't be read as
    /// its type, the bytes are hashed, since what is written alike is equal.
    #[must_use]
    pub fn hash(&self, kind: Type, text: &str) -> Hashed {
        let key = fold(kind, text);
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(kind.word().as_bytes());
        hasher.update(if key.is_some() { b":" } else { b"?" });
        hasher.update(key.as_deref().unwrap_or(text).as_bytes());
        let hash = hasher.finalize();
        let mut half = [0; 16];
        half.copy_from_slice(&hash.as_bytes()[..16]);
        Hashed { readable: key.is_some(), hash: u128::from_be_bytes(half) }
    }
}

impl std::fmt::Debug for SnapshotKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SnapshotKey({})", self.print())
    }
}
