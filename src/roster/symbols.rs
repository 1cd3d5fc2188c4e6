//! Symbols after reading: every distinct text by its number, readable without locks, and open for more.
use super::bytes::Bytes;
use super::interner::{Address, Frozen, Interner, Raw, SHARDS, Shard, shard_of, unpack};
use super::slots::Key;
use hashbrown::HashTable;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A distinct text; 0 is the missing value. The same text has the same number in every column of every table of a dataset.
///
/// Which number a text gets may differ from run to run: nothing that is shown may depend on it.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(transparent)]
pub struct Sym(pub u32);

impl Sym {
    /// The missing value: an empty cell, or one of blanks only.
    pub const MISSING: Sym = Sym(0);
}

/// All distinct texts of a dataset.
pub struct Symbols {
    files: Arc<[Arc<Bytes>]>,
    /// By number, from 1.
    addresses: Vec<Address>,
    shards: Vec<Frozen>,
    later: Later,
}

/// Texts that came after reading: folded keys and results of functions. Append-only, in buckets of doubling size, so that reading needs no lock.
struct Later {
    tables: Vec<Mutex<HashTable<(u32, u32)>>>,
    next: AtomicU32,
    buckets: [OnceLock<Bucket>; BUCKETS],
}

/// Texts that are each set once.
type Bucket = Box<[OnceLock<Box<str>>]>;

/// A hash table's own hash, made from the half of the hash that its entries keep.
fn spread(low: u32) -> u64 {
    u64::from(low).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

const FIRST_BUCKET: u32 = 10;
const BUCKETS: usize = 23;

fn bucket(index: u32) -> (usize, usize) {
    let shifted = u64::from(index) + (1 << FIRST_BUCKET);
    let bucket = 63 - shifted.leading_zeros() - FIRST_BUCKET;
    (bucket as usize, (shifted - (1 << (bucket + FIRST_BUCKET))) as usize)
}

impl Later {
    fn get(&self, index: u32) -> &str {
        let (bucket, place) = bucket(index);
        self.buckets
            .get(bucket)
            .and_then(OnceLock::get)
            .and_then(|bucket| bucket.get(place))
            .and_then(OnceLock::get)
            .map_or("", |text| text)
    }

    fn push(&self, text: &str) -> u32 {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let (bucket, place) = bucket(index);
        let slots = self.buckets[bucket].get_or_init(|| (0..1_usize << (bucket as u32 + FIRST_BUCKET)).map(|_| OnceLock::new()).collect());
        // The index is this caller's alone, so the slot is empty.
        let _ = slots[place].set(text.into());
        index
    }
}

/// Places of each shard that are numbered together.
const TOGETHER: usize = 1 << 10;

/// The number of a text by its shard and its place there.
#[inline]
fn numbered(shard: usize, place: u32) -> Sym {
    Sym(place * SHARDS as u32 + shard as u32 + 1)
}

impl Symbols {
    /// Freezes what an interner has gathered.
    pub(super) fn freeze(interner: Interner) -> Self {
        let shards: Vec<Shard> =
            interner.shards.into_iter().map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
        // The shards take turns: texts that were met together get numbers close to each other, so that whoever goes through a column in the order
        // of its rows finds what belongs to its symbols close together too. Shards differ little in length; what one lacks is left out.
        let longest = shards.iter().map(|shard| shard.addresses.len()).max().unwrap_or(0);
        let mut addresses = vec![Address::NONE; longest * SHARDS];
        addresses.par_chunks_mut(SHARDS * TOGETHER).enumerate().for_each(|(block, addresses)| {
            for (index, shard) in shards.iter().enumerate() {
                let places = shard.addresses.iter().skip(block * TOGETHER);
                for (address, place) in places.zip(addresses.iter_mut().skip(index).step_by(SHARDS)) {
                    *place = address.in_shard(index);
                }
            }
        });
        let shards = shards.into_par_iter().map(Shard::freeze).collect();
        Symbols { files: interner.files, addresses, shards, later: Later::new() }
    }

    /// The number after reading of a number given while reading.
    #[inline]
    pub(super) fn settle(&self, raw: Raw) -> Sym {
        if raw == 0 {
            return Sym::MISSING;
        }
        let (shard, place) = unpack(raw);
        numbered(shard, place as u32)
    }

    fn bytes(&self, index: usize) -> &[u8] {
        let address = self.addresses[index];
        match address.own_place() {
            Some((shard, place)) => self.shards[shard].own.get(place).map_or(&[], |text| text.as_bytes()),
            None => address.bytes(&self.files, &[]),
        }
    }

    /// The text of a symbol; empty for the missing value.
    #[must_use]
    pub fn text(&self, sym: Sym) -> &str {
        let Some(index) = sym.0.checked_sub(1) else { return "" };
        match (index as usize).checked_sub(self.addresses.len()) {
            // A cell is checked when it is read; only a file that changed underneath could fail here.
            None => std::str::from_utf8(self.bytes(index as usize)).unwrap_or(""),
            Some(later) => self.later.get(later as u32),
        }
    }

    /// Looks at the beginnings of these texts, all side by side, so that reading them one after the other need not wait for each.
    pub fn warm(&self, syms: &[Sym]) {
        let first = |sym: &Sym| {
            let address = sym.0.checked_sub(1).and_then(|index| self.addresses.get(index as usize));
            address.map_or(0, |address| u32::from(address.first(&self.files)))
        };
        // Nothing depends on the sum but that what it is made of is at hand afterwards.
        std::hint::black_box(syms.iter().map(first).fold(0, u32::wrapping_add));
    }

    /// Whether folding letter case and outer space leaves the text as it is, known without looking at the text. A text added later may say no.
    #[must_use]
    #[inline]
    pub fn is_plain(&self, sym: Sym) -> bool {
        sym.0.checked_sub(1).and_then(|index| self.addresses.get(index as usize)).is_some_and(|address| address.plain())
    }

    fn frozen(&self, text: &[u8], spot: u64) -> Option<Sym> {
        let shard = shard_of(spot);
        let found = self.shards[shard].find(text, spot, |place| self.bytes(place as usize * SHARDS + shard));
        found.map(|place| numbered(shard, place))
    }

    /// The symbol of a text, added when there is none yet. May be called from many threads.
    pub fn intern(&self, text: &str) -> Sym {
        self.look(text, true).unwrap_or(Sym::MISSING)
    }

    /// The symbol of a text, if there is one. The empty text is the missing value.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<Sym> {
        self.look(text, false)
    }

    fn look(&self, text: &str, add: bool) -> Option<Sym> {
        if text.trim().is_empty() {
            return Some(Sym::MISSING);
        }
        let spot = Key::of(text.as_bytes()).spot();
        if let Some(sym) = self.frozen(text.as_bytes(), spot) {
            return Some(sym);
        }
        let low = spot as u32;
        let mut table = self.later.tables[shard_of(spot)].lock().unwrap_or_else(PoisonError::into_inner);
        let index = match table.find(spread(low), |entry| entry.0 == low && self.later.get(entry.1) == text) {
            Some(entry) => entry.1,
            None if add => {
                let index = self.later.push(text);
                table.insert_unique(spread(low), (low, index), |entry| spread(entry.0));
                index
            }
            None => return None,
        };
        Some(Sym(self.addresses.len() as u32 + index + 1))
    }

    /// One more than the greatest number given so far: the length of a list with a place for every symbol. A few numbers have no text.
    #[must_use]
    pub fn len(&self) -> usize {
        self.addresses.len() + self.later.next.load(Ordering::Relaxed) as usize + 1
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 1
    }
}

impl Later {
    fn new() -> Self {
        Later {
            tables: (0..SHARDS).map(|_| Mutex::default()).collect(),
            next: AtomicU32::new(0),
            buckets: std::array::from_fn(|_| OnceLock::new()),
        }
    }
}

impl std::fmt::Debug for Symbols {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Symbols").field("len", &self.len()).finish_non_exhaustive()
    }
}
