//! Symbols while files are read: a table of distinct texts in shards, each behind its own lock.
//!
//! A thread collects the cells it has not met lately, by shard, and takes a shard's lock once for some hundred of them.
//! Texts stay where they stand in the mapped files; an entry holds their address.
use super::bytes::Bytes;
use super::hash::hash;
use hashbrown::HashTable;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shards; a power of two. Two threads meet in one of 64 once in a while, not always.
pub(super) const SHARDS: usize = 64;
const SHARD_BITS: u32 = SHARDS.trailing_zeros();
const LOCAL_BITS: u32 = 32 - SHARD_BITS;

/// Where a text stands: file (10 bits), offset (38 bits) and length (16 bits); or, with the last file number, its place in the shard's own texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Address(u64);

const OWN_TEXTS: u64 = 1023;

impl Address {
    /// The address of a piece of a file; `None` when it is too long, or too far away, to be packed.
    #[inline]
    pub(super) fn pack(file: usize, offset: usize, length: usize) -> Option<Address> {
        ((file as u64) < OWN_TEXTS && (offset as u64) < 1 << 38 && length < 1 << 16)
            .then_some(Address((file as u64) << 54 | (offset as u64) << 16 | length as u64))
    }

    fn own(index: usize) -> Address {
        Address(OWN_TEXTS << 54 | index as u64)
    }

    /// The same address, seen from outside its shard: a shard's own text is then known by shard and place.
    pub(super) fn in_shard(self, shard: usize) -> Address {
        if self.0 >> 54 == OWN_TEXTS { Address(self.0 | (shard as u64) << 40) } else { self }
    }

    /// Shard and place of a shard's own text.
    pub(super) fn own_place(self) -> Option<(usize, usize)> {
        (self.0 >> 54 == OWN_TEXTS).then_some((((self.0 >> 40) & 0x3fff) as usize, (self.0 & ((1 << 40) - 1)) as usize))
    }

    #[inline]
    pub(super) fn bytes<'a>(self, files: &'a [Arc<Bytes>], own: &'a [Box<str>]) -> &'a [u8] {
        let file = (self.0 >> 54) as usize;
        if file == OWN_TEXTS as usize {
            return own.get((self.0 & ((1 << 40) - 1)) as usize).map_or(&[], |text| text.as_bytes());
        }
        let offset = ((self.0 >> 16) & ((1 << 38) - 1)) as usize;
        files.get(file).and_then(|file| file.get(offset..offset + (self.0 & 0xffff) as usize)).unwrap_or(&[])
    }
}

/// The number of a text before all are known: shard and place in the shard. 0 is the missing value.
pub(super) type Raw = u32;

/// A raw number that no text has: the same value as in the row before.
pub(super) const SAME: Raw = u32::MAX;

/// One shard.
#[derive(Default)]
pub(super) struct Shard {
    /// Low half of the hash, and place in `addresses`.
    pub(super) table: HashTable<(u32, u32)>,
    pub(super) addresses: Vec<Address>,
    pub(super) own: Vec<Box<str>>,
}

/// The table's own hash is made from the half that entries keep, so that growing never reads a text.
#[inline]
pub(super) fn spread(low: u32) -> u64 {
    u64::from(low).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[inline]
pub(super) fn shard_of(hash: u64) -> usize {
    (hash >> (64 - SHARD_BITS)) as usize
}

/// Places a raw number: which shard, and where in it.
#[inline]
pub(super) fn unpack(raw: Raw) -> (usize, usize) {
    ((raw >> LOCAL_BITS) as usize, ((raw & ((1 << LOCAL_BITS) - 1)) as usize).wrapping_sub(1))
}

#[inline]
fn number(shard: usize, place: u32) -> Raw {
    // 67 million distinct texts fit in a shard, four thousand million in all: more than any memory holds beside their addresses.
    (shard as u32) << LOCAL_BITS | (place + 1)
}

impl Shard {
    #[inline]
    pub(super) fn find(&self, files: &[Arc<Bytes>], low: u32, text: &[u8]) -> Option<u32> {
        self.table
            .find(spread(low), |entry| entry.0 == low && self.addresses[entry.1 as usize].bytes(files, &self.own) == text)
            .map(|entry| entry.1)
    }

    fn insert(&mut self, low: u32, address: Address) -> u32 {
        let place = self.addresses.len() as u32;
        self.addresses.push(address);
        self.table.insert_unique(spread(low), (low, place), |entry| spread(entry.0));
        place
    }
}

/// The symbols of a reading.
pub(super) struct Interner {
    pub(super) files: Arc<[Arc<Bytes>]>,
    pub(super) shards: Vec<Mutex<Shard>>,
}

impl Interner {
    pub(super) fn new(files: Arc<[Arc<Bytes>]>) -> Self {
        Interner { files, shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    fn lock(&self, shard: usize) -> MutexGuard<'_, Shard> {
        // A panic elsewhere leaves no shard half changed that matters: the reading as a whole ends with it.
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of a text that stands in no file.
    pub(super) fn own(&self, text: &str) -> Raw {
        if text.trim().is_empty() {
            return 0;
        }
        let hash = hash(text.as_bytes());
        let index = shard_of(hash);
        let mut shard = self.lock(index);
        let place = shard.find(&self.files, hash as u32, text.as_bytes()).unwrap_or_else(|| {
            shard.own.push(text.into());
            let address = Address::own(shard.own.len() - 1);
            shard.insert(hash as u32, address)
        });
        number(index, place)
    }

    /// A copy of a text, by its number.
    pub(super) fn text(&self, raw: Raw) -> String {
        let (index, place) = unpack(raw);
        let shard = self.lock(index);
        shard
            .addresses
            .get(place)
            .map_or_else(String::new, |address| String::from_utf8_lossy(address.bytes(&self.files, &shard.own)).into_owned())
    }
}

/// A cell that waits for its number.
#[derive(Clone, Copy)]
struct Waiting {
    hash: u64,
    address: Address,
    column: u32,
    row: u32,
}

/// Cells of one column, row by row.
pub(super) type Column = Vec<Raw>;

#[derive(Clone, Copy)]
struct Recent {
    hash: u64,
    address: Address,
    raw: Raw,
}

const RECENT: usize = 2048;
const BATCH: usize = 192;

/// One task's way to the interner: the texts met lately, and the cells that wait.
pub(super) struct Batch<'i> {
    interner: &'i Interner,
    recent: Vec<Recent>,
    waiting: Vec<Vec<Waiting>>,
}

impl<'i> Batch<'i> {
    pub(super) fn new(interner: &'i Interner) -> Self {
        let none = Recent { hash: 0, address: Address(0), raw: 0 };
        Batch { interner, recent: vec![none; RECENT], waiting: (0..SHARDS).map(|_| Vec::new()).collect() }
    }

    /// Puts the text at `address`, which reads `text`, into the next row of `columns[column]`, now or at the next flush.
    #[inline]
    pub(super) fn push(&mut self, columns: &mut [Column], column: usize, text: &[u8], address: Address) {
        let hash = hash(text);
        let recent = &self.recent[hash as usize % RECENT];
        if recent.hash == hash && recent.raw != 0 && recent.address.bytes(&self.interner.files, &[]) == text {
            columns[column].push(recent.raw);
            return;
        }
        let row = columns[column].len() as u32;
        columns[column].push(0);
        let shard = shard_of(hash);
        let waiting = &mut self.waiting[shard];
        waiting.push(Waiting { hash, address, column: column as u32, row });
        if waiting.len() >= BATCH {
            self.flush(columns, shard);
        }
    }

    fn flush(&mut self, columns: &mut [Column], index: usize) {
        let files = &self.interner.files;
        let mut shard = self.interner.lock(index);
        for cell in &self.waiting[index] {
            let text = cell.address.bytes(files, &[]);
            let low = cell.hash as u32;
            let place = match shard.find(files, low, text) {
                Some(place) => place,
                None => shard.insert(low, cell.address),
            };
            let raw = number(index, place);
            columns[cell.column as usize][cell.row as usize] = raw;
            self.recent[cell.hash as usize % RECENT] = Recent { hash: cell.hash, address: cell.address, raw };
        }
        self.waiting[index].clear();
    }

    /// Numbers all cells that wait.
    pub(super) fn finish(mut self, columns: &mut [Column]) {
        for index in 0..SHARDS {
            if !self.waiting[index].is_empty() {
                self.flush(columns, index);
            }
        }
    }
}
