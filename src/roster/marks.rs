//! Finds the bytes that end cells, 64 bytes at a time: cells are so short that looking for one mark after another costs more than the cells do.

const WIDTH: usize = 64;

/// The places of separators, quotes and line feeds in a stretch of bytes, in order.
pub(super) struct Marks<'b> {
    bytes: &'b [u8],
    separator: u8,
    /// Where the block at hand begins.
    block: usize,
    until: usize,
    /// Its marks that have not been handed out, the first in the lowest bit.
    left: u64,
}

impl<'b> Marks<'b> {
    pub(super) fn new(bytes: &'b [u8], separator: u8, from: usize, until: usize) -> Self {
        let mut marks = Marks { bytes, separator, block: from, until, left: 0 };
        marks.left = marks.look();
        marks
    }

    /// The next mark.
    #[inline]
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.block += WIDTH;
            if self.block >= self.until {
                return None;
            }
            self.left = self.look();
        }
        let mark = self.block + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(mark)
    }

    #[inline]
    fn look(&self) -> u64 {
        let rest = &self.bytes[self.block.min(self.until)..self.until];
        match rest.first_chunk() {
            Some(block) => marks(block, self.separator),
            None => {
                let mut block = [0; WIDTH];
                block[..rest.len()].copy_from_slice(rest);
                marks(&block, self.separator)
            }
        }
    }
}

/// A bit for each byte that is a mark. Written so that the compiler compares sixteen bytes or more at once.
#[inline]
fn marks(block: &[u8; WIDTH], separator: u8) -> u64 {
    let flags = block.map(|byte| u8::from((byte == separator) | (byte == b'\n') | (byte == b'"')));
    let (eights, _) = flags.as_chunks::<8>();
    // The product gathers the lowest bits of eight bytes in its highest byte.
    let gather = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().rev().fold(0, |marks, eight| marks << 8 | gather(eight))
}
