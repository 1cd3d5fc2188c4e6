//! Symbols while files are read: a table of distinct texts in shards, each behind its own lock.
//!
//! A thread collects the cells it has not met lately, by shard, and takes a shard's lock once for some hundred of them.
//! Texts stay where they stand in the mapped files; an entry holds their address.
use super::bytes::Bytes;
use super::slots::{Key, Places, Slot, Slots};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shards; a power of two. Two threads meet in one of 64 once in a while, not always.
pub(super) const SHARDS: usize = 64;
const SHARD_BITS: u32 = SHARDS.trailing_zeros();
const LOCAL_BITS: u32 = 32 - SHARD_BITS;

/// Where a text stands: file (10 bits), whether it is plain (1 bit), offset (37 bits) and length (16 bits); or, with the last file number, its place in
/// the shard's own texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Address(u64);

const OWN_TEXTS: u64 = 1023;
const PLAIN: u64 = 1 << 53;

/// Whether folding letter case and outer space leaves a text as it is: visible ASCII without capitals. Asked once, while the text is at hand.
pub(super) fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, 0x21..=0x7e) && !byte.is_ascii_uppercase())
}

impl Address {
    /// No address at all.
    pub(super) const NONE: Address = Address(u64::MAX);

    /// The address of a piece of a file; `None` when it is too long, or too far away, to be packed.
    #[inline]
    pub(super) fn pack(file: usize, offset: usize, length: usize) -> Option<Address> {
        ((file as u64) < OWN_TEXTS && (offset as u64) < 1 << 37 && length < 1 << 16)
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
        (self.0 >> 54 == OWN_TEXTS && self != Address::NONE)
            .then_some((((self.0 >> 40) & 0x1fff) as usize, (self.0 & ((1 << 40) - 1)) as usize))
    }

    fn with_plain(self, plain: bool) -> Address {
        if plain { Address(self.0 | PLAIN) } else { self }
    }

    /// Whether the text is plain; see [`is_plain`].
    #[inline]
    pub(super) fn plain(self) -> bool {
        self.0 & PLAIN != 0
    }

    /// The first byte of a text in a file.
    #[inline]
    pub(super) fn first(self, files: &[Arc<Bytes>]) -> u8 {
        let offset = ((self.0 >> 16) & ((1 << 37) - 1)) as usize;
        files.get((self.0 >> 54) as usize).and_then(|file| file.get(offset)).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn bytes<'a>(self, files: &'a [Arc<Bytes>], own: &'a [Box<str>]) -> &'a [u8] {
        let file = (self.0 >> 54) as usize;
        if file == OWN_TEXTS as usize {
            return own.get((self.0 & ((1 << 40) - 1)) as usize).map_or(&[], |text| text.as_bytes());
        }
        let offset = ((self.0 >> 16) & ((1 << 37) - 1)) as usize;
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
    /// Places in `addresses` by key.
    slots: Slots,
    pub(super) addresses: Vec<Address>,
    pub(super) own: Vec<Box<str>>,
}

/// A shard after reading.
pub(super) struct Frozen {
    places: Places,
    pub(super) own: Vec<Box<str>>,
}

impl Frozen {
    /// The place of a text; `text` gives that of a place.
    pub(super) fn find<'a>(&self, wanted: &[u8], spot: u64, text: impl Fn(u32) -> &'a [u8]) -> Option<u32> {
        self.places.find(spot, |place| text(place) == wanted)
    }
}

#[inline]
pub(super) fn shard_of(spot: u64) -> usize {
    (spot >> (64 - SHARD_BITS)) as usize
}

#[inline]
fn recent_place(spot: u64) -> usize {
    // Other bits than those that choose the shard or the slot.
    (spot >> 40) as usize % RECENT
}

/// Places a raw number: which shard, and where in it.
#[inline]
pub(super) fn unpack(raw: Raw) -> (usize, usize) {
    ((raw >> LOCAL_BITS) as usize, ((raw & ((1 << LOCAL_BITS) - 1)) as usize).wrapping_sub(1))
}

#[inline]
fn number_of(shard: usize, place: u32) -> Raw {
    // 67 million distinct texts fit in a shard, four thousand million in all: more than any memory holds beside their addresses.
    (shard as u32) << LOCAL_BITS | (place + 1)
}

impl Shard {
    /// The place of a text, which is added if it is new. There must be room.
    fn place(
        &mut self,
        files: &[Arc<Bytes>],
        text: &[u8],
        key: Key,
        spot: u64,
        address: impl FnOnce(&mut Vec<Box<str>>) -> Address,
    ) -> u32 {
        let known = |place: u32| key.is_whole() || self.addresses[place as usize].bytes(files, &self.own) == text;
        match self.slots.find(key, spot, known) {
            Ok(place) => place,
            Err(free) => {
                let place = self.addresses.len() as u32;
                let address = address(&mut self.own).with_plain(is_plain(text));
                self.addresses.push(address);
                self.slots.set(free, key, place);
                place
            }
        }
    }

    /// Closes the shard; its addresses go elsewhere.
    pub(super) fn freeze(self) -> Frozen {
        Frozen { places: Places::new(self.slots), own: self.own }
    }
}

/// The symbols of a reading.
pub(super) struct Interner {
    pub(super) files: Arc<[Arc<Bytes>]>,
    pub(super) shards: Vec<Mutex<Shard>>,
    scratches: Mutex<Vec<Scratch>>,
    columns: Mutex<Vec<Column>>,
    /// Bytes that were read so far, of those that will be.
    read: AtomicU64,
    all: u64,
}

impl Interner {
    /// An interner for `files`, of which so many bytes are not merely repeated.
    pub(super) fn new(files: Arc<[Arc<Bytes>]>, all: u64) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Interner { files, shards, scratches: Mutex::default(), columns: Mutex::default(), read: AtomicU64::new(0), all }
    }

    /// Notes that so many bytes more were read.
    pub(super) fn advance(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How many distinct texts there will be, where there are `count` now: files are much alike from beginning to end.
    fn expected(&self, count: usize) -> usize {
        let read = self.read.load(Ordering::Relaxed).max(1);
        // A guess in floating point: the product of two large numbers would not fit.
        (count as f64 * (self.all.max(read) as f64 / read as f64)) as usize
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
        let key = Key::of(text.as_bytes());
        let spot = key.spot();
        let index = shard_of(spot);
        let mut shard = self.lock(index);
        let count = shard.addresses.len() + 1;
        shard.slots.reserve(count, |count| self.expected(count));
        let place = shard.place(&self.files, text.as_bytes(), key, spot, |own| {
            own.push(text.into());
            Address::own(own.len() - 1)
        });
        number_of(index, place)
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
    key: Key,
    spot: u64,
    address: Address,
    column: u32,
    row: u32,
}

/// Cells of one column, row by row.
pub(super) type Column = Vec<Raw>;

#[derive(Clone, Copy)]
struct Recent {
    key: Key,
    raw: Raw,
    address: Address,
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
    /// Of the batch at hand, what the first look saw, the numbers found there, and the addresses of those that must be compared.
    slots: Vec<Slot>,
    numbers: Vec<Option<u32>>,
    found: Vec<Address>,
}

impl Scratch {
    fn new() -> Self {
        let none = Recent { key: Key::default(), raw: 0, address: Address::NONE };
        let waiting = (0..SHARDS).map(|_| Vec::new()).collect();
        Scratch { recent: vec![none; RECENT], waiting, slots: Vec::new(), numbers: Vec::new(), found: Vec::new() }
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
        let key = Key::of(text);
        let spot = key.spot();
        let recent = &self.scratch.recent[recent_place(spot)];
        if recent.key == key && (key.is_whole() || recent.address.bytes(&self.interner.files, &[]) == text) {
            columns[column].push(recent.raw);
            return;
        }
        let row = columns[column].len() as u32;
        columns[column].push(0);
        let shard = shard_of(spot);
        let waiting = &mut self.scratch.waiting[shard];
        waiting.push(Waiting { key, spot, address, column: column as u32, row });
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
    /// Nearly every look into a table of millions misses every cache, so the looks of a batch are made side by side: first at all slots; then, for the texts
    /// that are longer than their keys, at all addresses and at all texts. The processor fetches them together, where one cell after another would wait each time.
    fn flush(&mut self, columns: &mut [Column], index: usize, mut shard: MutexGuard<'_, Shard>) {
        let files = &self.interner.files;
        let Scratch { recent, waiting, slots, numbers, found } = &mut self.scratch;
        let waiting = &mut waiting[index];
        let shard = &mut *shard;
        shard.slots.reserve(shard.addresses.len() + waiting.len(), |count| self.interner.expected(count));
        // No comparison yet: a wrong guess at its outcome would make the looks wait for each other.
        slots.clear();
        slots.extend(waiting.iter().map(|cell| shard.slots.first(cell.spot)));
        numbers.clear();
        numbers.extend(slots.iter().zip(&*waiting).map(|(slot, cell)| slot.number(cell.key)));
        found.clear();
        found.extend(numbers.iter().zip(&*waiting).map(|(number, cell)| match number {
            Some(place) if !cell.key.is_whole() => shard.addresses[*place as usize],
            _ => Address::NONE,
        }));
        // Nothing depends on this sum but that the texts are at hand below.
        std::hint::black_box(found.iter().map(|address| u32::from(address.first(files))).fold(0, u32::wrapping_add));
        for ((cell, number), address) in waiting.drain(..).zip(&*numbers).zip(&*found) {
            let text = cell.address.bytes(files, &[]);
            let known = cell.key.is_whole() || (*address != Address::NONE && address.bytes(files, &shard.own) == text);
            let place = match number {
                Some(place) if known => *place,
                _ => shard.place(files, text, cell.key, cell.spot, |_| cell.address),
            };
            let raw = number_of(index, place);
            columns[cell.column as usize][cell.row as usize] = raw;
            recent[recent_place(cell.spot)] = Recent { key: cell.key, raw, address: cell.address };
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
