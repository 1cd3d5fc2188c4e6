//! Rows, and what a fault changes in them.
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

/// What a fault does to one row.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Another value in a column.
    Set(usize, String),
    /// No such row.
    Drop,
    /// Another row after it.
    After(Vec<String>),
}

/// The edits of a file, by the key of a row.
pub type Edits = HashMap<u64, Vec<Edit>>;

/// A row under way: the cells' bytes one after the other.
#[derive(Default)]
pub struct Row {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Row {
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub fn cell(&mut self, text: &str) {
        self.part(text).end();
    }

    pub fn part(&mut self, text: &str) -> &mut Self {
        self.text.extend_from_slice(text.as_bytes());
        self
    }

    pub fn number(&mut self, number: u64, width: usize) -> &mut Self {
        let mut digits = [b'0'; 20];
        let mut at = digits.len();
        let mut rest = number;
        while rest > 0 || at == digits.len() {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.text.extend_from_slice(&digits[at.min(digits.len() - width)..]);
        self
    }

    pub fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    /// The cells, for faults that start from a row.
    pub fn cells(&self) -> Vec<String> {
        (0..self.ends.len()).map(|at| String::from_utf8_lossy(self.get(at)).into_owned()).collect()
    }

    fn get(&self, at: usize) -> &[u8] {
        &self.text[if at == 0 { 0 } else { self.ends[at - 1] }..self.ends[at]]
    }
}

/// A CSV file under way.
pub struct Table<'e> {
    file: File,
    bytes: Vec<u8>,
    edits: &'e Edits,
    width: usize,
    pub rows: u64,
    pub written: u64,
}

const FULL: usize = 1 << 20;

impl<'e> Table<'e> {
    pub fn create(path: &Path, header: &[&str], edits: &'e Edits) -> io::Result<Self> {
        let mut bytes = Vec::with_capacity(FULL + (1 << 16));
        bytes.extend_from_slice(header.join(",").as_bytes());
        bytes.push(b'\n');
        Ok(Table { file: File::create(path)?, bytes, edits, width: header.len(), rows: 0, written: 0 })
    }

    /// Writes a row as the faults leave it. `keys` are all keys that its edits may stand under; rows to add stand under the first.
    pub fn row(&mut self, row: &Row, keys: &[u64]) -> io::Result<()> {
        debug_assert_eq!(row.ends.len(), self.width);
        let edits = self.edits;
        let mut set: [Option<&str>; 48] = [None; 48];
        let mut touched = false;
        for edit in keys.iter().filter_map(|key| edits.get(key)).flatten() {
            match edit {
                Edit::Set(column, value) => (set[*column], touched) = (Some(value.as_str()), true),
                Edit::Drop => return self.after(keys[0]),
                Edit::After(_) => touched = true,
            }
        }
        for (at, changed) in set.iter().enumerate().take(self.width) {
            let cell = changed.map_or(row.get(at), str::as_bytes);
            push_cell(&mut self.bytes, cell, at == 0);
        }
        self.bytes.push(b'\n');
        self.rows += 1;
        if self.bytes.len() >= FULL {
            self.flush()?;
        }
        if touched { self.after(keys[0]) } else { Ok(()) }
    }

    fn after(&mut self, key: u64) -> io::Result<()> {
        for edit in self.edits.get(&key).into_iter().flatten() {
            if let Edit::After(cells) = edit {
                assert_eq!(cells.len(), self.width, "an added row has the columns of its file");
                for (at, cell) in cells.iter().enumerate() {
                    push_cell(&mut self.bytes, cell.as_bytes(), at == 0);
                }
                self.bytes.push(b'\n');
                self.rows += 1;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.bytes)?;
        self.written += self.bytes.len() as u64;
        self.bytes.clear();
        Ok(())
    }

    /// Writes what is left; rows and bytes of the file.
    pub fn finish(mut self) -> io::Result<(u64, u64)> {
        self.flush()?;
        Ok((self.rows, self.written))
    }
}

fn push_cell(bytes: &mut Vec<u8>, cell: &[u8], first: bool) {
    if !first {
        bytes.push(b',');
    }
    if memchr::memchr3(b',', b'"', b'\n', cell).is_none() {
        bytes.extend_from_slice(cell);
        return;
    }
    bytes.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            bytes.push(b'"');
        }
        bytes.push(*byte);
    }
    bytes.push(b'"');
}
