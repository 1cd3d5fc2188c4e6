//! Lists of people and counts: aligned columns under a header, of which only the last may be long.
use super::style::{Style, Tone};
use super::text::{hang, pad, pad_left, visible, width};

/// A cell that is not the last is cut to this many columns: room for an address.
const MOST: usize = 64;

/// Text wrapped to the width of the output, its first line indented by `indent` and the others by two more.
#[must_use]
pub fn paragraph(indent: usize, text: &str, style: &Style) -> String {
    hang(&" ".repeat(indent), indent + 2, &visible(text), style.columns())
}

/// Rows under a header, each line indented by two. Columns that are empty in every row are left out; numbers stand at the right; the last column is wrapped.
/// In the plain style a row is a sentence.
#[must_use]
pub fn listing(header: &[&str], rows: &[Vec<String>], style: &Style) -> String {
    let filled = |column: &usize| rows.iter().any(|row| row.get(*column).is_some_and(|cell| !cell.is_empty()));
    let columns: Vec<usize> = (0..header.len()).filter(filled).collect();
    let cell = |row: &[String], column: usize| visible(row.get(column).map_or("", String::as_str));
    if style.plain {
        let sentence = |row: &Vec<String>| {
            let parts = columns.iter().map(|column| (header[*column], cell(row, *column))).filter(|(_, text)| !text.is_empty());
            format!("  {}.\n", parts.map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("; "))
        };
        return rows.iter().map(sentence).collect();
    }
    let number = |column: usize| rows.iter().all(|row| cell(row, column).bytes().all(|byte| byte.is_ascii_digit() || byte == b','));
    // Only a last column of words may be long; one of numbers stands under its header as the others do.
    let (first, last) = match columns.split_last() {
        None => return String::new(),
        Some((last, _)) if number(*last) => (columns.as_slice(), None),
        Some((last, first)) => (first, Some(*last)),
    };
    let widths: Vec<(usize, usize, bool)> = first
        .iter()
        .map(|column| {
            let widest = rows.iter().map(|row| width(&cell(row, *column))).max().unwrap_or(0);
            (*column, widest.max(width(header[*column])).min(MOST), number(*column))
        })
        .collect();
    let line = |cells: &dyn Fn(usize) -> String| -> String {
        let place = |(column, room, number): &(usize, usize, bool)| {
            let text = super::text::cut_middle(&cells(*column), *room, style.gap());
            format!("{}  ", if *number { pad_left(&text, *room) } else { pad(&text, *room) })
        };
        widths.iter().map(place).collect()
    };
    let indent = 2 + widths.iter().map(|(_, room, _)| room + 2).sum::<usize>();
    let title = format!("  {}{}", line(&|column| header[column].to_owned()), last.map_or("", |last| header[last]));
    let mut text = format!("{}\n", style.paint(Tone::Dim, title.trim_end()));
    for row in rows {
        let start = format!("  {}", line(&|column| cell(row, column)));
        let end = last.map(|last| cell(row, last)).unwrap_or_default();
        if end.is_empty() {
            text.push_str(start.trim_end());
            text.push('\n');
        } else {
            text.push_str(&hang(&start, indent, &end, style.columns().max(indent + 30)));
        }
    }
    text
}
