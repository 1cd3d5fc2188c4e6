//! Workbooks and archives for the tests: the newer kind by a crate, the older kind byte by byte, since nothing writes it any more.
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use std::io::{Cursor, Write as _};

/// A cell as a person leaves it in a spreadsheet.
#[derive(Clone, Copy)]
pub(crate) enum Put<'a> {
    /// Text, also when it looks like a number.
    T(&'a str),
    /// A number.
    N(f64),
    /// A number that a format shows with zeros in front.
    Z(f64, &'a str),
    /// A day, as the number that a spreadsheet makes of it.
    D(f64),
    /// Nothing.
    E,
}

/// A workbook of sheets, each of a name and rows.
pub(crate) fn xlsx(sheets: &[(&str, &[Vec<Put<'_>>])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name");
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                put(sheet, row as u32, column as u16, *cell);
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: Put<'_>) {
    let day = Format::new().set_num_format("m/d/yyyy");
    let _ = match cell {
        Put::T(text) => sheet.write_string(row, column, text),
        Put::N(number) => sheet.write_number(row, column, number),
        Put::Z(number, format) => sheet.write_number_with_format(row, column, number, &Format::new().set_num_format(format)),
        Put::D(days) => sheet.write_number_with_format(row, column, days, &day),
        Put::E => return,
    }
    .expect("a cell");
}

/// Rows of text cells from a CSV without quotes.
pub(crate) fn typed(csv: &str) -> Vec<Vec<Put<'_>>> {
    csv.lines().map(|line| line.split(',').map(|cell| if cell.is_empty() { Put::E } else { Put::T(cell) }).collect()).collect()
}

/// A zip archive of these files.
pub(crate) fn zip<N: AsRef<str>, B: AsRef<[u8]>>(files: impl IntoIterator<Item = (N, B)>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        archive.start_file(name.as_ref(), options).expect("a file");
        archive.write_all(bytes.as_ref()).expect("bytes");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A gzip file.
pub(crate) fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes.as_ref()).expect("bytes");
    writer.finish().expect("a file")
}

/// A workbook of the older kind (BIFF8 in a compound file) with one sheet.
pub(crate) fn xls(name: &str, rows: &[Vec<Put<'_>>]) -> Vec<u8> {
    compound(&biff(name, rows))
}

/// The same, cut off within a last cell that claims to stand in the farthest row and column.
pub(crate) fn xls_cut_in_a_far_cell(name: &str, rows: &[Vec<Put<'_>>]) -> Vec<u8> {
    let mut stream = biff(name, rows);
    stream.truncate(stream.len() - 4);
    // Of such a length that the zeros after it are whole records.
    let mut cell = [&[0xff; 4][..], &[0; 10]].concat();
    cell.resize(cell.len() + (4 - (stream.len() + 4 + cell.len()) % 4) % 4, 0);
    record(&mut stream, 0x0203, &cell);
    let whole = compound(&stream);
    let last = memchr::memmem::rfind(&whole, &[0xff; 4]).expect("its place");
    whole[..last + 6].to_vec()
}

fn record(stream: &mut Vec<u8>, kind: u16, body: &[u8]) {
    stream.extend(kind.to_le_bytes());
    stream.extend((body.len() as u16).to_le_bytes());
    stream.extend(body);
}

fn biff(name: &str, rows: &[Vec<Put<'_>>]) -> Vec<u8> {
    let begin = |kind: u16| [&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat();
    let mut globals = Vec::new();
    record(&mut globals, 0x0809, &begin(5));
    record(&mut globals, 0x0042, &1200_u16.to_le_bytes());
    // Two cell formats: the general one and that of days.
    for format in [0_u16, 14] {
        record(&mut globals, 0x00e0, &[&[0, 0][..], &format.to_le_bytes(), &[0; 16]].concat());
    }
    let sheet_record = 4 + 4 + 2 + 2 + name.len();
    let start = globals.len() + sheet_record + 4;
    let body = [&(start as u32).to_le_bytes()[..], &[0, 0], &[name.len() as u8, 0], name.as_bytes()].concat();
    record(&mut globals, 0x0085, &body);
    record(&mut globals, 0x000a, &[]);
    assert_eq!(globals.len(), start, "the sheet begins where the globals say");
    let mut sheet = globals;
    record(&mut sheet, 0x0809, &begin(0x10));
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let place = |format: u16| [(row as u16).to_le_bytes(), (column as u16).to_le_bytes(), format.to_le_bytes()].concat();
            match cell {
                Put::T(text) => {
                    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                    let length = (units.len() / 2) as u16;
                    record(&mut sheet, 0x0204, &[&place(0)[..], &length.to_le_bytes(), &[1], &units].concat());
                }
                Put::N(number) | Put::Z(number, _) => record(&mut sheet, 0x0203, &[&place(0)[..], &number.to_le_bytes()].concat()),
                Put::D(days) => record(&mut sheet, 0x0203, &[&place(1)[..], &days.to_le_bytes()].concat()),
                Put::E => {}
            }
        }
    }
    record(&mut sheet, 0x000a, &[]);
    sheet
}

/// A compound file with one stream, `Workbook`. Large ones have the sectors of version 4, since those of version 3 would need a second table.
fn compound(stream: &[u8]) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    let (version, shift) = if stream.len() < 1 << 16 { (3_u16, 9_u16) } else { (4, 12) };
    let sector = 1 << shift;
    // Streams below 4096 bytes would stand in another place.
    let mut stream = stream.to_vec();
    stream.resize(stream.len().max(4096).next_multiple_of(sector), 0);
    let sectors = stream.len() / sector;
    // The table has four bytes for each sector, its own among them.
    let tables = (sectors + 1).div_ceil(sector / 4 - 1);
    assert!(tables <= 109, "the header has places for so many");
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.extend([0; 16]);
    for word in [0x3e, version, 0xfffe, shift, 6] {
        file.extend(word.to_le_bytes());
    }
    file.extend([0; 6]);
    for word in [u32::from(version == 4), tables as u32, tables as u32, 0, 4096, END, 0, END, 0] {
        file.extend(word.to_le_bytes());
    }
    file.extend((0..tables as u32).flat_map(u32::to_le_bytes));
    file.resize(512, 0xff);
    file.resize(sector, 0);
    let mut table: Vec<u32> = vec![0xffff_fffd; tables];
    table.push(END);
    let first = tables + 1;
    table.extend((1..=sectors).map(|at| if at == sectors { END } else { (first + at) as u32 }));
    table.resize(sector / 4 * tables, u32::MAX);
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u64| {
        let mut entry: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        for word in [u32::MAX, u32::MAX, child] {
            entry.extend(word.to_le_bytes());
        }
        entry.resize(116, 0);
        entry.extend(start.to_le_bytes());
        entry.extend(size.to_le_bytes());
        entry
    };
    file.extend(entry("Root Entry", 5, 1, END, 0));
    file.extend(entry("Workbook", 2, u32::MAX, first as u32, stream.len() as u64));
    file.resize(sector * (first + 1), 0);
    file.extend(stream);
    file
}
