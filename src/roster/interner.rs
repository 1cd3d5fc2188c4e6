//! Symbols while files are read: a table of distinct texts in shards, each behind its own lock.
//!
//! A thread collects the cells it has not met lately, by shard, and takes a shard's lock once for some hundred of them.
//! Texts stay where they stand in the mapped files; an entry holds their address.
use super::bytes::Bytes;
use super::hash::{hash, same};
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
    /// No address at all.
    pub(super) const NONE: Address = Address(u64::MAX);

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
        (self.0 >> 54 == OWN_TEXTS && self != Address::NONE).then_some((((self.0 >> 40) & 0x3fff) as usize, (self.0 & ((1 << 40) - 1)) as usize))
    }

    /// The first byte of a text in a file.
    #[inline]
    fn first(self, files: &[Arc<Bytes>]) -> u8 {
        let offset = ((self.0 >> 16) & ((1 << 38) - 1)) as usize;
        files.get((self.0 >> 54) as usize).and_then(|file| file.get(offset)).copied().unwrap_or(0)
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

/// One shard: an open-addressed table of its own, because a batch must be able to look at many places of it at once; see [`Batch`].
#[derive(Default)]
pub(super) struct Shard {
    /// Low half of the hash in the upper half, place in `addresses` from 1 in the lower; 0 is free. A power of two of them, at most two thirds taken.
    slots: Vec<u64>,
    pub(super) addresses: Vec<Address>,
    pub(super) own: Vec<Box<str>>,
}

/// A shard after reading.
pub(super) struct Frozen {
    slots: Vec<u64>,
    pub(super) own: Vec<Box<str>>,
}

/// Walks from the place where an entry should be until `same` accepts one with this half of the hash, or a place is free.
#[inline]
fn walk(slots: &[u64], low: u32, mut same: impl FnMut(u32) -> bool) -> Result<u32, usize> {
    let mask = slots.len().wrapping_sub(1);
    let mut at = low as usize & mask;
    loop {
        match slots.get(at) {
            None | Some(0) => return Err(at),
            Some(slot) if (slot >> 32) as u32 == low && same(*slot as u32 - 1) => return Ok(*slot as u32 - 1),
            Some(_) => at = (at + 1) & mask,
        }
    }
}

impl Frozen {
    pub(super) fn find(&self, low: u32, same: impl FnMut(u32) -> bool) -> Option<u32> {
        walk(&self.slots, low, same).ok()
    }
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
    /// Makes room for so many more.
    fn reserve(&mut self, more: usize) {
        let needed = (self.addresses.len() + more) * 3 / 2 + 1;
        if needed <= self.slots.len() {
            return;
        }
        let size = needed.next_power_of_two().max(16);
        let mask = size - 1;
        let mut slots = vec![0; size];
        for slot in self.slots.iter().filter(|slot| **slot != 0) {
            let mut at = (slot >> 32) as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }

    /// The place of a text, which is added if it is new. There must be room.
    fn place(&mut self, files: &[Arc<Bytes>], low: u32, text: &[u8], address: impl FnOnce(&mut Vec<Box<str>>) -> Address) -> u32 {
        let known = |place: u32| same(self.addresses[place as usize].bytes(files, &self.own), text);
        match walk(&self.slots, low, known) {
            Ok(place) => place,
            Err(free) => {
                let place = self.addresses.len() as u32;
                self.addresses.push(address(&mut self.own));
                self.slots[free] = u64::from(low) << 32 | u64::from(place + 1);
                place
            }
        }
    }

    /// Closes the shard; its addresses go elsewhere.
    pub(super) fn freeze(self) -> Frozen {
        Frozen { slots: self.slots, own: self.own }
    }
}

/// The symbols of a reading.
pub(super) struct Interner {
    pub(super) files: Arc<[Arc<Bytes>]>,
    pub(super) shards: Vec<Mutex<Shard>>,
    scratches: Mutex<Vec<Scratch>>,
    columns: Mutex<Vec<Column>>,
}

impl Interner {
    pub(super) fn new(files: Arc<[Arc<Bytes>]>) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Interner { files, shards, scratches: Mutex::default(), columns: Mutex::default() }
    }

    fn lock(&self, shard: usize) -> MutexGuard<'_, Shard> {
        // A panic elsewhere leaves no shard half changed that matters: the reading as a whole ends with it.
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Columns to fill, of which some have room already.
    pub(super) fn columns(&self, count: usize) -> Vec<Column> {
        let mut pool = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        (0..count).map(|_| pool.pop().unwrap_or_default()).collect()
    }

    /// Takes columns back that are no longer needed.
    pub(super) fn give_back(&self, columns: Vec<Column>) {
        let mut pool = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        pool.extend(columns.into_iter().map(|mut column| {
            column.clear();
            column
        }));
    }

    /// The number of a text that stands in no file.
    pub(super) fn own(&self, text: &str) -> Raw {
        if text.trim().is_empty() {
            return 0;
        }
        let hash = hash(text.as_bytes());
        let index = shard_of(hash);
        let mut shard = self.lock(index);
        shard.reserve(1);
        let place = shard.place(&self.files, hash as u32, text.as_bytes(), |own| {
            own.push(text.into());
            Address::own(own.len() - 1)
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
/// Cells per visit to a shard.
const BATCH: usize = 128;
/// Cells that may gather while another thread is there.
const CROWD: usize = 4 * BATCH;

/// What tasks need to gather cells, handed from one to the next so that it is neither allocated nor learnt anew.
struct Scratch {
    recent: Vec<Recent>,
    waiting: Vec<Vec<Waiting>>,
    /// Of the batch at hand, what stands in the slots, and the addresses found there.
    slots: Vec<u64>,
    found: Vec<Address>,
}

impl Scratch {
    fn new() -> Self {
        let none = Recent { hash: 0, address: Address(0), raw: 0 };
        let waiting = (0..SHARDS).map(|_| Vec::new()).collect();
        Scratch { recent: vec![none; RECENT], waiting, slots: Vec::new(), found: Vec::new() }
    }
}

/// One task's way to the interner: the texts met lately, and the cells that wait.
pub(super) struct Batch<'i> {
    interner: &'i Interner,
    scratch: Scratch,
}

impl<'i> Batch<'i> {
    pub(super) fn new(interner: &'i Interner) -> Self {
        let scratch = interner.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Batch { interner, scratch: scratch.unwrap_or_else(Scratch::new) }
    }

    /// Puts the text at `address`, which reads `text`, into the next row of `columns[column]`, now or at the next flush.
    #[inline]
    pub(super) fn push(&mut self, columns: &mut [Column], column: usize, text: &[u8], address: Address) {
        let hash = hash(text);
        let recent = &self.scratch.recent[hash as usize % RECENT];
        if recent.hash == hash && recent.raw != 0 && same(recent.address.bytes(&self.interner.files, &[]), text) {
            columns[column].push(recent.raw);
            return;
        }
        let row = columns[column].len() as u32;
        columns[column].push(0);
        let shard = shard_of(hash);
        let waiting = &mut self.scratch.waiting[shard];
        waiting.push(Waiting { hash, address, column: column as u32, row });
        let count = waiting.len();
        if count >= BATCH && count.is_multiple_of(BATCH) {
            let lock = self.interner.shards[shard].try_lock();
            if let Ok(lock) = lock {
                self.flush(columns, shard, lock);
            } else if count >= CROWD {
                self.flush(columns, shard, self.interner.lock(shard));
            }
        }
    }

    /// Numbers the cells that wait for a shard.
    ///
    /// Nearly every look into a table of millions misses every cache, so the looks of a batch are made side by side: first at all slots, then at
    /// all addresses, then at all texts. The processor fetches them together, where one cell after another would wait three times.
    fn flush(&mut self, columns: &mut [Column], index: usize, mut shard: MutexGuard<'_, Shard>) {
        let files = &self.interner.files;
        let Scratch { recent, waiting, slots, found } = &mut self.scratch;
        let waiting = &mut waiting[index];
        shard.reserve(waiting.len());
        let shard = &mut *shard;
        let mask = shard.slots.len().wrapping_sub(1);
        slots.clear();
        slots.extend(waiting.iter().map(|cell| shard.slots[cell.hash as u32 as usize & mask]));
        found.clear();
        found.extend(slots.iter().zip(&*waiting).map(|(slot, cell)| {
            let likely = *slot != 0 && (slot >> 32) as u32 == cell.hash as u32;
            if likely { shard.addresses[*slot as u32 as usize - 1] } else { Address::NONE }
        }));
        // Nothing depends on this sum but that the texts are at hand below.
        std::hint::black_box(found.iter().map(|address| u32::from(address.first(files))).fold(0, u32::wrapping_add));
        for ((cell, slot), address) in waiting.iter().zip(&mut *slots).zip(&*found) {
            let known = *address != Address::NONE && same(address.bytes(files, &shard.own), cell.address.bytes(files, &[]));
            *slot = if known { *slot & 0xffff_ffff } else { 0 };
        }
        for (cell, slot) in waiting.drain(..).zip(&*slots) {
            let place = match (*slot as u32).checked_sub(1) {
                Some(place) => place,
                None => shard.place(files, cell.hash as u32, cell.address.bytes(files, &[]), |_| cell.address),
            };
            let raw = number(index, place);
            columns[cell.column as usize][cell.row as usize] = raw;
            recent[cell.hash as usize % RECENT] = Recent { hash: cell.hash, address: cell.address, raw };
        }
    }

    /// Numbers all cells that wait.
    pub(super) fn finish(mut self, columns: &mut [Column]) {
        for index in 0..SHARDS {
            if !self.scratch.waiting[index].is_empty() {
                self.flush(columns, index, self.interner.lock(index));
            }
        }
        self.interner.scratches.lock().unwrap_or_else(PoisonError::into_inner).push(self.scratch);
    }
}
