//! Findings about headers and how files are written, made at the first look.
use super::bytes::Bytes;
use super::cause::Cause;
use super::header::{Header, Name, Start, letter, separator_name, too_wide};
use super::kind::Kind;
use super::layout::{FileMap, Layout};
use super::survey::Role;
use super::text::Encoding;
use crate::finding::{Count, Excerpt, Finding, Fingerprint, List, Place, Severity};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file that findings are about.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    /// What the layout calls it, and what people do.
    pub(super) name: &'a str,
    pub(super) shown: &'a Arc<str>,
    pub(super) bytes: &'a Bytes,
    pub(super) map: &'a FileMap,
}

/// Where findings about a source go.
pub(super) struct Scope<'a> {
    pub(super) role: Role,
    pub(super) layout: &'a Layout,
    pub(super) findings: &'a mut Vec<Finding>,
    pub(super) incomplete: &'a mut Vec<String>,
}

/// A finding of the reader; what it is about, besides its file, goes into the fingerprint as `detail`.
pub(super) fn finding(kind: Kind, role: Role, file: &Arc<str>, detail: &str, message: String, count: u64) -> Finding {
    let check = kind.check();
    Finding {
        rule: check.id.into(),
        severity: check.severity,
        message,
        help: Some(check.help.to_owned()),
        fingerprint: Fingerprint::of(check.id, [role.word(), file, detail]),
        follows: None,
        count,
        records: Vec::new(),
        place: Some(Place { source: role.word().into(), file: file.clone(), line: None, column: None, record: None, excerpt: None }),
        hanging: Vec::new(),
    }
}

/// The message of a finding as it stands alone, where its source would not be known.
pub(super) fn told(finding: &Finding, role: Role) -> String {
    match role {
        Role::Roster => finding.message.clone(),
        Role::Accounts => format!("{} (accounts)", finding.message),
        Role::Previous => format!("{} (previous snapshot)", finding.message),
        Role::Proposed => format!("{} (proposed accounts)", finding.message),
        Role::Earlier => format!("{} (earlier records)", finding.message),
    }
}

/// Why a file can't be read, without the number that operating systems add.
pub(super) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or("").to_owned();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl Scope<'_> {
    /// A finding about a whole file.
    pub(super) fn file(&mut self, kind: Kind, file: &Arc<str>, message: String) {
        self.push(finding(kind, self.role, file, "", message, 1), kind);
    }

    /// A file that can't be read at all.
    pub(super) fn unreadable(&mut self, file: &Arc<str>, error: &std::io::Error) {
        let message = format!("`{file}` can't be read: {}", reason(error));
        let mut finding = finding(Kind::Unreadable, self.role, file, "", message, 1);
        // What stands in the file is to blame, not the way to it.
        if error.kind() == std::io::ErrorKind::Other {
            finding.help = Some(Cause::help(error).unwrap_or("copy or export the file again, as what its name says").to_owned());
        }
        self.push(finding, Kind::Unreadable);
    }

    pub(super) fn push(&mut self, mut finding: Finding, kind: Kind) {
        self.layout.weigh(&mut finding, self.role);
        // What is amiss with yesterday's files is told as a warning, and leaves today's verdict whole.
        if kind.check().incomplete && finding.severity >= Severity::Error {
            self.incomplete.push(told(&finding, self.role));
        }
        self.findings.push(finding);
    }

    /// Takes the start of a file; gives its header when there is one to go on with.
    pub(super) fn start(&mut self, named: &Named<'_>, start: Start) -> Option<Header> {
        let Named { name, shown: file, bytes, map } = *named;
        match start {
            Start::Empty if bytes.is_empty() => self.file(Kind::EmptyFile, file, format!("`{file}` is empty: not even a header")),
            Start::Empty => self.file(Kind::EmptyFile, file, format!("`{file}` holds blank lines only: not even a header")),
            Start::Other("not text") => self.file(Kind::NotText, file, format!("`{file}` is not text, whatever its name says")),
            Start::Other(what) => self.file(Kind::NotText, file, format!("`{file}` is {what}")),
            Start::Wide(columns) => self.unreadable(file, &Cause::limit(format!("its first row has {}", too_wide(columns)))),
            Start::Header(header) if map.headless => return Some(self.headless(file, bytes, header, map)),
            Start::Header(header) if self.is_foreign(&header, map) => self.no_known_column(file, bytes, &header, map),
            Start::Header(header) => {
                self.name(name, file, map);
                self.separator(file, bytes, &header);
                self.titles(file, bytes, &header);
                self.columns(file, bytes, &header, map);
                return Some(header);
            }
        }
        None
    }

    /// A file that has no header in its format; one that has it all the same is told, and no record.
    fn headless(&mut self, file: &Arc<str>, bytes: &Bytes, header: Header, map: &FileMap) -> Header {
        let rows = Header { rows: header.start, ..header.clone() };
        self.separator(file, bytes, &rows);
        if !header.names.iter().eq(map.header.iter().map(|name| Name::new(name)).collect::<Vec<_>>().iter()) {
            return header.replaced(&map.header);
        }
        let message = format!("`{file}` begins with a header, and the format has none");
        let mut finding = finding(Kind::UnexpectedHeader, self.role, file, "", message, 1);
        place_whole_header(&mut finding, bytes, &header, "taken for a header");
        self.push(finding, Kind::UnexpectedHeader);
        header
    }

    /// A file that stands in the way it is sent counts as an error; of other data it is only told.
    fn as_sent(&self, kind: Kind, mut finding: Finding) -> Finding {
        if self.role != Role::Roster {
            finding.severity = kind.check().severity.min(Severity::Warning);
        }
        finding
    }

    /// How a file's bytes were taken for text, when they are not UTF-8.
    pub(super) fn encoding(&mut self, file: &Arc<str>, encoding: &Encoding) {
        let (kind, message) = match encoding {
            Encoding::Utf8 | Encoding::Utf8Marked | Encoding::Cells => return,
            Encoding::Utf16 { marked, damaged, .. } => {
                let why = if *marked { "as its byte order mark says" } else { "as every second byte of its first line is NUL" };
                let damaged = if *damaged { "; some of it is damaged" } else { "" };
                (Kind::Utf16, format!("`{file}` is in {}, {why}, not in UTF-8{damaged}", encoding.name()))
            }
            Encoding::Windows1252 { why } => (Kind::Windows1252, format!("`{file}` was taken for Windows-1252: {why}")),
        };
        let finding = self.as_sent(kind, finding(kind, self.role, file, "", message, 1));
        self.push(finding, kind);
    }

    fn separator(&mut self, file: &Arc<str>, bytes: &Bytes, header: &Header) {
        let separator = header.dialect.separator;
        if separator == b',' {
            return;
        }
        let message = format!("`{file}` is separated by {}, not by commas", separator_name(separator));
        let mut finding = finding(Kind::WrongSeparator, self.role, file, "", message, 1);
        place_header(&mut finding, bytes, header, 0, "");
        let text = String::from_utf8_lossy(&bytes[header.start..header.rows]).trim_end().to_owned();
        if text.is_empty() {
            // The first row is a record, and what is in it is not told: it may be a password.
            finding.place.iter_mut().for_each(|place| place.excerpt = None);
        } else if let Some(place) = &mut finding.place {
            let (text, _) = super::excerpt::visible(&text, 80);
            let picture = if separator == b'\t' { '␉' } else { char::from(separator) };
            let at = text.chars().position(|letter| letter == picture).unwrap_or(0);
            place.column = Some(super::excerpt::column(bytes, header.start, header.start) + at as u64);
            place.excerpt = Some(Excerpt { text, mark: (at, 1), label: "between two columns".to_owned() });
        }
        let finding = self.as_sent(Kind::WrongSeparator, finding);
        self.push(finding, Kind::WrongSeparator);
    }

    /// Rows above the header.
    fn titles(&mut self, file: &Arc<str>, bytes: &Bytes, header: &Header) {
        if header.titles == 0 {
            return;
        }
        let (rows, are) = if header.titles == 1 { ("a row", "is") } else { ("rows", "are") };
        let message = format!(
            "above the header of `{file}` there {are} {rows} that belong{} to no record",
            if header.titles == 1 { "s" } else { "" }
        );
        let mut finding = finding(Kind::TitleRows, self.role, file, "", message, header.titles);
        place_whole_header(&mut finding, bytes, header, "taken for the header");
        let finding = self.as_sent(Kind::TitleRows, finding);
        self.push(finding, Kind::TitleRows);
    }

    /// Whether nothing in a header is known, and so every required column is missing.
    fn is_foreign(&self, header: &Header, map: &FileMap) -> bool {
        let near = |group: &Vec<String>| near(group, header, map).is_some();
        map.columns.len() > 1 && !map.columns.iter().any(near) && !header.names.iter().any(|name| map.known_as(name).is_some())
    }

    fn no_known_column(&mut self, file: &Arc<str>, bytes: &Bytes, header: &Header, map: &FileMap) {
        let message = format!("`{file}` has none of the columns that it should have: {}", wanted(&map.columns.iter().collect::<Vec<_>>()));
        let mut finding = finding(Kind::NoKnownColumn, self.role, file, "", message, 1);
        place_whole_header(&mut finding, bytes, header, "taken for the header");
        self.push(finding, Kind::NoKnownColumn);
    }

    /// The name of a file, where letter case may matter.
    fn name(&mut self, own: &str, file: &Arc<str>, map: &FileMap) {
        let other = |name: &&String| name.eq_ignore_ascii_case(own) && **name != *own;
        if let Some(name) = map.names.iter().find(other).filter(|_| self.layout.strict_headers) {
            self.file(Kind::UnusualName, file, format!("`{file}` is called `{name}` in the format"));
        }
    }

    fn columns(&mut self, file: &Arc<str>, bytes: &Bytes, header: &Header, map: &FileMap) {
        let absent = map.columns.iter().filter(|group| group.iter().all(|column| header.find(column).is_none()));
        let (misspelt, missing): (Vec<_>, Vec<_>) = absent.partition(|group| near(group, header, map).is_some());
        let mut meant: Vec<usize> = misspelt.iter().filter_map(|group| near(group, header, map)).map(|(_, column)| column).collect();
        for group in misspelt {
            let Some((name, column)) = near(group, header, map) else { continue };
            self.misspelt_column(file, bytes, header, group, (name, column));
        }
        let values = values_from(header, map);
        // One column too few and one too many: most likely it has another name.
        let strange: Vec<usize> = (0..header.names.len())
            .filter(|column| !header.texts[*column].is_empty() && !meant.contains(column) && map.known_as(&header.names[*column]).is_none())
            .filter(|column| *column < values)
            .collect();
        // A column that another file of the format has is meant as it is called.
        let elsewhere = |column: &usize| self.layout.files.iter().any(|other| other.known_as(&header.names[*column]).is_some());
        if let ([group], [column]) = (&missing[..], &strange[..])
            && !elsewhere(column)
        {
            self.misspelt_column(file, bytes, header, group, (group.first().map_or("", String::as_str), *column));
            meant.push(*column);
        } else if !missing.is_empty() {
            let what = if missing.len() == 1 { "column" } else { "columns" };
            let message = format!("`{file}` has no {what} {}", wanted(&missing));
            let detail: Vec<String> = missing.iter().map(|group| group.join(" ")).collect();
            let mut finding = finding(Kind::MissingColumn, self.role, file, &detail.join(" "), message, missing.len() as u64);
            place_whole_header(&mut finding, bytes, header, "the header");
            // Which of the others it is, nobody knows but those who made the file.
            let others: Vec<String> =
                strange.iter().filter(|column| !elsewhere(column)).map(|column| format!("`{}`", header.texts[*column])).collect();
            if missing.len() == 1 && (1..=GUESSED).contains(&others.len()) {
                let name = wanted(&missing);
                finding.help =
                    Some(format!("if {} is meant, rename it to {name}; otherwise add the column to the export", List(&others, "or")));
            }
            self.push(finding, Kind::MissingColumn);
        }
        if !map.header.is_empty() {
            self.order(file, bytes, header, map);
        }
        let mut first: BTreeMap<&Name, usize> = BTreeMap::new();
        let mut unknown = Vec::new();
        for (column, name) in header.names.iter().enumerate() {
            let text = &header.texts[column];
            if column >= values {
                unknown.push(column);
                continue;
            }
            if let Some(before) = first.get(name).filter(|_| !text.is_empty()) {
                let (own, other) = (letter(*before), letter(column));
                let message = match header.texts[*before].as_str() {
                    same if same == text => format!("`{file}` has the column `{text}` twice: {own} and {other}"),
                    first => format!("`{file}` has two columns of one name: `{first}` ({own}) and `{text}` ({other})"),
                };
                let mut finding = finding(Kind::DuplicateColumn, self.role, file, text, message, 1);
                place_header(&mut finding, bytes, header, column, "not used");
                self.push(finding, Kind::DuplicateColumn);
                continue;
            }
            first.insert(name, column);
            match map.known_as(name) {
                // A header that is told to be misspelt is not told again.
                None if meant.contains(&column) => {}
                None if map.refused.iter().any(|refused| Name::new(refused) == *name) => {
                    let message = format!("`{file}` has the column `{text}`, which {} does not take", self.layout.title);
                    let mut finding = finding(Kind::RefusedColumn, self.role, file, text, message, 1);
                    place_header(&mut finding, bytes, header, column, "not accepted");
                    self.push(finding, Kind::RefusedColumn);
                }
                None => unknown.push(column),
                Some(known) if self.layout.strict_headers && known != *text && !known.contains('*') => {
                    let message = format!("`{file}` has the header `{text}` where the format writes `{known}`");
                    let mut finding = finding(Kind::UnusualHeader, self.role, file, known, message, 1);
                    let label = format!("`{known}` in the format");
                    place_header(&mut finding, bytes, header, column, &label);
                    self.push(finding, Kind::UnusualHeader);
                }
                Some(_) => {}
            }
        }
        if let Some(at) = unknown.first() {
            let named = |column: &usize| match header.texts[*column].as_str() {
                "" => format!("column {} without a name", letter(*column)),
                text => format!("`{text}`"),
            };
            let mut names: Vec<String> = unknown.iter().filter(|column| **column < values).take(NAMED).map(named).collect();
            let names = match unknown.len() - names.len() {
                more if names.is_empty() => format!("{} like data", if more == 1 { "it looks" } else { "they look" }),
                more => {
                    names.extend((more > 0).then(|| format!("{more} more")));
                    List(&names, "and").to_string()
                }
            };
            let message = format!("`{file}` has {} that the format does not know: {names}", plural(unknown.len()));
            let mut finding = finding(Kind::UnknownColumn, self.role, file, "", message, unknown.len() as u64);
            let last = header.texts.iter().rposition(|text| !text.is_empty()).unwrap_or(0);
            if unknown.iter().all(|column| *column > last) {
                finding.help = Some(
                    "the header ends with a comma or more, as spreadsheets write it for columns that were emptied: delete these columns there".to_owned(),
                );
            }
            match *at < values {
                true => place_header(&mut finding, bytes, header, *at, "not part of the format"),
                false => place_whole_header(&mut finding, bytes, header, "not part of the format"),
            }
            self.push(finding, Kind::UnknownColumn);
        }
    }

    /// A header that the format lays down whole: columns that are left out, and the first that stands elsewhere.
    fn order(&mut self, file: &Arc<str>, bytes: &Bytes, header: &Header, map: &FileMap) {
        let required = |column: &str| map.columns.iter().any(|group| group.iter().any(|name| name == column));
        let absent: Vec<Vec<String>> =
            map.header.iter().filter(|name| !required(name) && header.find(name).is_none()).map(|name| vec![name.clone()]).collect();
        if !absent.is_empty() {
            let absent: Vec<&Vec<String>> = absent.iter().collect();
            let message = format!("`{file}` leaves out {} that may be empty: {}", plural(absent.len()), wanted(&absent));
            let mut finding = finding(Kind::ColumnLeftOut, self.role, file, "", message, absent.len() as u64);
            place_whole_header(&mut finding, bytes, header, "the header");
            self.push(finding, Kind::ColumnLeftOut);
        }
        // What is left out or stands twice is told; the others must follow one another as the format has them.
        let expected: Vec<Name> = map.header.iter().map(|name| Name::new(name)).filter(|name| header.names.contains(name)).collect();
        let mut expected = expected.iter();
        for (column, name) in header.names.iter().enumerate() {
            if header.names[..column].contains(name) {
                continue;
            }
            let Some(next) = expected.next() else { return };
            if next == name {
                continue;
            }
            let text = &header.texts[column];
            let next = map.known_as(next).unwrap_or_default();
            let message = format!("`{file}` has the column `{text}` where the format has `{next}`");
            let mut finding = finding(Kind::ColumnOrder, self.role, file, "", message, 1);
            place_header(&mut finding, bytes, header, column, &format!("`{next}` belongs here"));
            return self.push(finding, Kind::ColumnOrder);
        }
    }

    /// A column that is not there, and the one that probably is it.
    fn misspelt_column(&mut self, file: &Arc<str>, bytes: &Bytes, header: &Header, group: &[String], (name, column): (&str, usize)) {
        let message = format!("`{file}` has no column {}", wanted(&[&group.to_vec()]));
        let mut finding = finding(Kind::MissingColumn, self.role, file, &group.join(" "), message, 1);
        let near = &header.texts[column];
        finding.help = Some(format!("if `{near}` is meant, rename it to `{name}`; otherwise add the column to the export"));
        place_header(&mut finding, bytes, header, column, &format!("is `{name}` meant?"));
        self.push(finding, Kind::MissingColumn);
    }
}

/// Columns that may be a missing one, at most.
const GUESSED: usize = 3;
/// Columns or files that a message names.
pub(super) const NAMED: usize = 8;

/// The header that is nearly one of a group, and which of the group is meant.
fn near<'g>(group: &'g [String], header: &Header, map: &FileMap) -> Option<(&'g str, usize)> {
    group.iter().find_map(|name| {
        // What is a column of the format itself is no misspelling of another.
        let strange = header.texts.iter().zip(&header.names).filter(|(text, name)| !text.is_empty() && map.known_as(name).is_none());
        let near = crate::finding::suggestion(name, strange.map(|(text, _)| text.as_str()))?;
        Some((name.as_str(), header.texts.iter().position(|text| text == near)?))
    })
}

/// Columns by name, alternatives with `or`.
fn wanted(groups: &[&Vec<String>]) -> String {
    let names: Vec<String> =
        groups.iter().map(|group| List(&group.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>(), "or").to_string()).collect();
    List(&names, "and").to_string()
}

fn plural(count: usize) -> String {
    if count == 1 { "a column".to_owned() } else { format!("{count} columns") }
}

/// Points at the whole header row. One that is no header but a row of data may hold what nobody must see, and is not shown.
fn place_whole_header(finding: &mut Finding, bytes: &Bytes, header: &Header, label: &str) {
    place_header(finding, bytes, header, 0, label);
    let Some(place) = &mut finding.place else { return };
    let text = match header.texts.iter().any(|text| is_value(text)) {
        true => format!("({} that look like a row of data)", Count(header.texts.len() as u64, "cell", "cells")),
        false => header.texts.join(","),
    };
    let (text, length) = super::excerpt::visible(&text, 80);
    place.excerpt = Some(Excerpt { text, mark: (0, length.max(1)), label: label.to_owned() });
}

/// The column from which on a header of a file with passwords holds values that nobody must see, as one that lost its line ends does:
/// behind the last that the format knows.
fn values_from(header: &Header, map: &FileMap) -> usize {
    if !header.texts.iter().any(|text| is_value(text)) || !header.texts.iter().any(|text| crate::model::is_secret(text)) {
        return usize::MAX;
    }
    header.names.iter().rposition(|name| map.known_as(name).is_some()).map_or(0, |last| last + 1)
}

/// Whether a text is a number, a date or an address, which no header is.
fn is_value(text: &str) -> bool {
    text.contains('@') || (text.contains(|letter: char| letter.is_ascii_digit()) && !text.contains(char::is_alphabetic))
}

/// Points at a header.
pub(super) fn place_header(finding: &mut Finding, bytes: &Bytes, header: &Header, column: usize, label: &str) {
    let Some(place) = &mut finding.place else { return };
    let at = header.places.get(column).copied().unwrap_or(header.start);
    place.line = Some(header.line);
    place.column = Some(if header.dialect.rows { column as u64 + 1 } else { super::excerpt::column(bytes, header.start, at) });
    let text = header.texts.get(column).map_or("", String::as_str);
    let (text, length) = super::excerpt::visible(text, 60);
    place.excerpt = Some(Excerpt { text, mark: (0, length.max(1)), label: label.to_owned() });
}
