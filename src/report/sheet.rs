//! Rows as a file for spreadsheets and programs: CSV, XLSX, or a JSON object a line.
use std::io::{self, Write};

/// What kind of file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SheetKind {
    /// Comma-separated, as RFC 4180 says, in UTF-8.
    Csv,
    /// A workbook with one sheet. Every cell is text, so that no program takes leading zeros away.
    Xlsx,
    /// One JSON object a line; a cell without value is `null`.
    Jsonl,
}

impl SheetKind {
    /// By the extension of a file's name.
    #[must_use]
    pub fn of(path: &std::path::Path) -> Option<SheetKind> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" => Some(SheetKind::Csv),
            "xlsx" => Some(SheetKind::Xlsx),
            "jsonl" | "ndjson" => Some(SheetKind::Jsonl),
            _ => None,
        }
    }
}

/// Whom a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// People, who open it in a spreadsheet program: CSV begins with a byte order mark, and a cell that such a program would take for a formula has an
    /// apostrophe before it.
    People,
    /// A program, such as a platform's import: every cell stands there as it is.
    Program,
}

/// What a cell begins with that a spreadsheet program takes for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a cell is a formula for a spreadsheet program, or would seem to be one that was written as text. A number below zero is one.
fn is_formula(cell: &str) -> bool {
    let number = |digits: &str| digits.starts_with(|digit: char| digit.is_ascii_digit()) && digits.parse::<f64>().is_ok();
    cell.trim_start_matches('\'').starts_with(FORMULA) && !cell.strip_prefix('-').is_some_and(number)
}

/// A cell of a file for people, as it was before it was written.
#[must_use]
pub fn plain_cell(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Rows that a sheet of a workbook can hold beside its header.
const MOST_ROWS: usize = 1_048_575;

/// Characters of the widest column of a workbook.
const WIDEST: usize = 60;

/// The column whose cells are numbers for programs: the line of a record in its file.
const NUMBER: &str = "line";

/// Writes `rows` under `header`; a cell without value is empty.
///
/// # Errors
/// What the writer says; and a workbook can't hold more than 1,048,575 rows.
pub fn sheet<W: Write>(
    (kind, audience): (SheetKind, Audience),
    header: &[String],
    rows: impl Iterator<Item = Vec<Option<String>>>,
    out: W,
) -> io::Result<()> {
    match kind {
        SheetKind::Csv => csv(audience, header, rows, out),
        SheetKind::Xlsx => xlsx(header, rows, out),
        SheetKind::Jsonl => jsonl(header, rows, out),
    }
}

fn csv<W: Write>(audience: Audience, header: &[String], rows: impl Iterator<Item = Vec<Option<String>>>, mut out: W) -> io::Result<()> {
    // Spreadsheet programs take a file for one of their country's encoding, unless this mark says that it is UTF-8.
    if audience == Audience::People {
        out.write_all("\u{feff}".as_bytes())?;
    }
    let mut writer = csv::Writer::from_writer(out);
    let safe = |cell: &str| match audience {
        Audience::People if is_formula(cell) => format!("'{cell}"),
        _ => cell.to_owned(),
    };
    writer.write_record(header.iter().map(|name| safe(name))).map_err(io::Error::other)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| safe(cell.as_deref().unwrap_or("")))).map_err(io::Error::other)?;
    }
    writer.flush()
}

fn jsonl<W: Write>(header: &[String], rows: impl Iterator<Item = Vec<Option<String>>>, mut out: W) -> io::Result<()> {
    for row in rows {
        // A map of serde_json would sort the keys; the order of the columns is the order that was chosen.
        let mut line = String::from("{");
        for (at, (name, cell)) in header.iter().zip(&row).enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let number = cell.as_ref().filter(|_| name == NUMBER).and_then(|cell| cell.parse::<u64>().ok());
            let value = number.map_or_else(|| serde_json::json!(cell), |number| serde_json::json!(number));
            line.push_str(&format!("{comma}{}:{value}", serde_json::json!(name)));
        }
        line.push_str("}\n");
        out.write_all(line.as_bytes())?;
    }
    out.flush()
}

fn xlsx<W: Write>(header: &[String], rows: impl Iterator<Item = Vec<Option<String>>>, mut out: W) -> io::Result<()> {
    use rust_xlsxwriter::{Format, FormatAlign, Workbook};
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let text = Format::new().set_num_format("@").set_align(FormatAlign::Top);
    // What is wider than the widest column takes several lines.
    let wrapped = text.clone().set_text_wrap();
    let sheet = workbook.add_worksheet();
    let mut widths: Vec<usize> = header.iter().map(|name| name.chars().count()).collect();
    for (column, name) in header.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, name, &bold).map_err(io::Error::other)?;
    }
    let mut count = 0;
    for row in rows {
        count += 1;
        if count > MOST_ROWS {
            return Err(io::Error::other("a workbook holds 1,048,575 rows at most: write a .csv, or choose a school or group"));
        }
        for (column, cell) in row.iter().enumerate() {
            if let Some(cell) = cell {
                let width = cell.chars().count();
                widths[column] = widths[column].max(width);
                let format = if width > WIDEST { &wrapped } else { &text };
                sheet.write_string_with_format(count as u32, column as u16, cell, format).map_err(io::Error::other)?;
            }
        }
    }
    for (column, width) in widths.into_iter().enumerate() {
        sheet.set_column_width(column as u16, width.clamp(6, WIDEST) as f64 + 2.0).map_err(io::Error::other)?;
    }
    sheet.set_freeze_panes(1, 0).map_err(io::Error::other)?;
    if count > 0 {
        sheet.autofilter(0, 0, count as u32, (header.len().max(1) - 1) as u16).map_err(io::Error::other)?;
    }
    let bytes = workbook.save_to_buffer().map_err(io::Error::other)?;
    out.write_all(&bytes)?;
    out.flush()
}
