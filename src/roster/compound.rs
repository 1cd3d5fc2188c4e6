//! Workbooks of the older kind, looked through before they are read: the library that reads them makes room for what they say they hold.
//!
//! The stream of the workbook is taken out of its compound file, its records are checked, and it is handed on in a compound file of our own, so that exactly
//! what was checked is read.

/// Bytes of a sector in the file that is handed on: so large that its table needs no table of its own.
const SECTOR: usize = 4096;
/// Sectors of the table that the header has room for.
const TABLES: usize = 109;
/// Streams that are shorter stand among others in small sectors.
const SMALL: usize = 4096;
const END: u32 = 0xffff_fffe;
/// Rows and columns of a sheet, at most.
const ROWS: usize = 1 << 16;
const COLUMNS: usize = 1 << 8;
/// Places in a sheet for each cell that it holds, at most, beyond those that any sheet may have.
const SPREAD: usize = 256;
const ANY: usize = 1 << 20;

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// A compound file that holds only the workbook, when its sheets have sensible sizes.
pub(super) fn checked(bytes: &[u8]) -> Option<Vec<u8>> {
    let (name, mut stream) = workbook(bytes)?;
    // What is handed on is padded to this length: a record that is cut off may be whole then, so it is padded before it is checked.
    stream.resize(stream.len().max(SMALL), 0);
    let mut sheets = vec![0];
    for (kind, body) in records(&stream, 0) {
        if kind == 0x0085 {
            sheets.push(long(body, 0)? as usize);
        }
    }
    // What stands where the workbook says that a sheet begins is read as one, wherever that is.
    sheets.iter().all(|start| is_sensible(&stream, *start)).then(|| wrap(name, stream)).flatten()
}

/// The records from a byte on: each a kind and what it holds.
fn records(stream: &[u8], mut at: usize) -> impl Iterator<Item = (usize, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, length) = (word(stream, at)?, word(stream, at + 2)?);
        let body = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some((kind, body))
    })
}

/// Whether the cells from `start` on stand near enough together, and the sheet does not claim to be larger than sheets can be.
fn is_sensible(stream: &[u8], start: usize) -> bool {
    let (mut cells, mut rows, mut columns) = (0, 0, 0);
    for (kind, body) in records(stream, start) {
        let corner = match kind {
            // The size that the sheet claims.
            0x0200 => match body.len() {
                10 => word(body, 2).zip(word(body, 6)),
                _ => long(body, 4).map(|row| row as usize).zip(word(body, 10)),
            },
            // Several cells of a row: the last column stands at the end.
            0x00bd => word(body, 0).zip(body.len().checked_sub(2).and_then(|end| word(body, end))),
            0x0006 | 0x0203 | 0x0204 | 0x0205 | 0x027e | 0x00d6 | 0x00fd => word(body, 0).zip(word(body, 2)),
            _ => continue,
        };
        let Some((row, column)) = corner else { continue };
        if row > ROWS || column > COLUMNS {
            return false;
        }
        if kind != 0x0200 {
            cells += body.len() / 6;
            rows = rows.max(row + 1);
            columns = columns.max(column + 1);
        }
    }
    rows * columns <= ANY + cells * SPREAD
}

/// The name and the bytes of the workbook's stream.
fn workbook(bytes: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let size = match word(bytes, 30)? {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let sector = |number: u32| bytes.get((number as usize).checked_add(1)?.checked_mul(size)?..).map(|rest| &rest[..rest.len().min(size)]);
    let longs = |bytes: &[u8]| bytes.chunks_exact(4).filter_map(|four| long(four, 0)).collect::<Vec<u32>>();
    let most = bytes.len() / size + 1;
    let mut tables = longs(bytes.get(76..512)?);
    let mut next = long(bytes, 68)?;
    for _ in 0..most {
        let Some(more) = sector(next).filter(|_| next < 0xffff_fffa) else { break };
        tables.extend(longs(more));
        next = tables.pop()?;
    }
    let mut table = Vec::new();
    for number in tables.into_iter().filter(|number| *number < 0xffff_fffa).take(most) {
        table.extend(longs(sector(number)?));
    }
    let chain = |start: u32| {
        let mut whole = Vec::new();
        let mut at = start;
        for _ in 0..most {
            let Some(piece) = sector(at).filter(|_| at < 0xffff_fffa) else { break };
            whole.extend_from_slice(piece);
            at = table.get(at as usize).copied().unwrap_or(END);
        }
        whole
    };
    let entries = chain(long(bytes, 48)?);
    let entry = |name: &str| {
        let wanted: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        entries.chunks_exact(128).find(|entry| entry.starts_with(&wanted))
    };
    let (name, found) = entry("Workbook").map(|found| ("Workbook", found)).or_else(|| Some(("Book", entry("Book")?)))?;
    let (start, length) = (long(found, 116)?, long(found, 120)? as usize);
    if length >= SMALL {
        let mut stream = chain(start);
        stream.truncate(length);
        return Some((name, stream));
    }
    let root = entries.chunks_exact(128).next()?;
    let (small, links) = (chain(long(root, 116)?), longs(&chain(long(bytes, 60)?)));
    let mut stream = Vec::new();
    let mut at = start as usize;
    while stream.len() < length {
        let piece = small.get(at.checked_mul(64)?..)?;
        if piece.is_empty() {
            break;
        }
        stream.extend_from_slice(&piece[..piece.len().min(64)]);
        at = links.get(at).copied().unwrap_or(END) as usize;
        if at >= 0xffff_fffa {
            break;
        }
    }
    stream.truncate(length);
    Some((name, stream))
}

/// A compound file with one stream, which is not a small one; none when it is larger than the header can tell.
fn wrap(name: &str, mut stream: Vec<u8>) -> Option<Vec<u8>> {
    let length = stream.len();
    stream.resize(length.next_multiple_of(SECTOR), 0);
    let sectors = stream.len() / SECTOR;
    // The directory stands in the first sector, then the stream, then the table.
    let tables = (1..=TABLES).find(|tables| tables * SECTOR / 4 > 1 + sectors + tables)?;
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.extend([0; 16]);
    [0x3e_u16, 4, 0xfffe, 12, 6].iter().for_each(|word| file.extend(word.to_le_bytes()));
    file.extend([0; 6]);
    [1, tables as u32, 0, 0, SMALL as u32, END, 0, END, 0].iter().for_each(|long| file.extend(long.to_le_bytes()));
    (0..tables).for_each(|table| file.extend(((1 + sectors + table) as u32).to_le_bytes()));
    file.resize(512, 0xff);
    file.resize(SECTOR, 0);
    for (name, kind, child, start, length) in [("Root Entry", 5, 1, 1, 0), (name, 2, u32::MAX, 1, length)] {
        let mut entry: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let letters = entry.len() as u16;
        entry.resize(64, 0);
        entry.extend(letters.to_le_bytes());
        entry.extend([kind, 1]);
        [u32::MAX, u32::MAX, child].iter().for_each(|long| entry.extend(long.to_le_bytes()));
        entry.resize(116, 0);
        entry.extend(u32::to_le_bytes(start));
        entry.extend((length as u64).to_le_bytes());
        file.extend(entry);
    }
    file.resize(2 * SECTOR, 0);
    file.extend(stream);
    let mut table: Vec<u32> = vec![END];
    table.extend((0..sectors).map(|at| if at + 1 == sectors { END } else { at as u32 + 2 }));
    table.extend(std::iter::repeat_n(0xffff_fffd, tables));
    table.resize(tables * SECTOR / 4, u32::MAX);
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    Some(file)
}
