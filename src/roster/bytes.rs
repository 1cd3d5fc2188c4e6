//! The bytes of a file: mapped when they come from disk, so that reading a district costs no memory of its own.
use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

/// All bytes of one file.
pub(super) enum Bytes {
    Mapped(memmap2::Mmap),
    Owned(Vec<u8>),
}

impl Bytes {
    /// Maps a file. An empty one can't be mapped and needs no mapping.
    pub(super) fn open(path: &Path) -> io::Result<Bytes> {
        let file = File::open(path)?;
        let data = file.metadata()?;
        if !data.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        if data.len() == 0 {
            return Ok(Bytes::Owned(Vec::new()));
        }
        map(&file).map(Bytes::Mapped)
    }
}

#[expect(
    unsafe_code,
    reason = "a mapping is only sound while nobody truncates the file; every reader of mapped files takes this risk, and the data is only ever read as bytes"
)]
fn map(file: &File) -> io::Result<memmap2::Mmap> {
    // SAFETY: the map is private to this process and read-only; a writer elsewhere can change what is read, never make it invalid, because
    // every text taken from it is checked to be UTF-8 when it is used.
    unsafe { memmap2::Mmap::map(file) }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned(bytes) => bytes,
        }
    }
}
