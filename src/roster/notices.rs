//! Findings about files and headers, made at the first look.
use super::bytes::Bytes;
use super::checks::Kind;
use super::header::{Header, Name, Start, letter};
use super::layout::{FileMap, Layout};
use super::survey::{Role, Sheet};
use crate::finding::{Excerpt, Finding, Fingerprint, List, Place};
use std::collections::BTreeMap;
use std::sync::Arc;

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

    fn push(&mut self, finding: Finding, kind: Kind) {
        if kind.check().incomplete {
            self.incomplete.push(finding.message.clone());
        }
        self.findings.push(finding);
    }

    /// Takes the start of a file; gives its header when there is one to go on with.
    pub(super) fn start(&mut self, file: &Arc<str>, bytes: &Bytes, start: Start, map: &FileMap) -> Option<Header> {
        match start {
            Start::Empty if bytes.is_empty() => self.file(Kind::EmptyFile, file, format!("`{file}` is empty: not even a header")),
            Start::Empty => self.file(Kind::EmptyFile, file, format!("`{file}` holds blank lines only: not even a header")),
            Start::Utf16 => self.file(Kind::WrongEncoding, file, format!("`{file}` is in UTF-16")),
            Start::Separated(mark, header) => {
                let name = match mark {
                    '\t' => "tabs",
                    ';' => "semicolons",
                    _ => "vertical bars",
                };
                let message = format!("`{file}` is separated by {name}, not by commas");
                let mut finding = finding(Kind::WrongSeparator, self.role, file, "", message, 1);
                place_header(&mut finding, bytes, &header, 0, "one column for all");
                self.push(finding, Kind::WrongSeparator);
            }
            Start::Header(header) => {
                self.columns(file, bytes, &header, map);
                return Some(header);
            }
        }
        None
    }

    fn columns(&mut self, file: &Arc<str>, bytes: &Bytes, header: &Header, map: &FileMap) {
        for group in &map.columns {
            if group.iter().all(|column| header.find(column).is_none()) {
                self.missing_column(file, bytes, header, group);
            }
        }
        let mut first: BTreeMap<&Name, usize> = BTreeMap::new();
        let mut unknown = Vec::new();
        for (column, name) in header.names.iter().enumerate() {
            let text = &header.texts[column];
            if let Some(before) = first.get(name).filter(|_| !text.is_empty()) {
                let message = format!("`{file}` has the column `{text}` twice: {} and {}", letter(*before), letter(column));
                let mut finding = finding(Kind::DuplicateColumn, self.role, file, text, message, 1);
                place_header(&mut finding, bytes, header, column, "not used");
                self.push(finding, Kind::DuplicateColumn);
                continue;
            }
            first.insert(name, column);
            match map.known_as(name) {
                None => unknown.push(column),
                Some(known) if self.layout.strict_headers && known != *text && !known.contains('*') => {
                    let message = format!("`{file}` has the header `{text}` where the format writes `{known}`");
                    let mut finding = finding(Kind::UnusualHeader, self.role, file, &known, message, 1);
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
            let names: Vec<String> = unknown.iter().map(named).collect();
            let message = format!("`{file}` has {} that the format does not know: {}", plural(names.len()), List(&names, "and"));
            let mut finding = finding(Kind::UnknownColumn, self.role, file, "", message, unknown.len() as u64);
            place_header(&mut finding, bytes, header, *at, "not part of the format");
            self.push(finding, Kind::UnknownColumn);
        }
    }

    fn missing_column(&mut self, file: &Arc<str>, bytes: &Bytes, header: &Header, group: &[String]) {
        let names: Vec<String> = group.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("`{file}` has no column {}", List(&names, "or"));
        let mut finding = finding(Kind::MissingColumn, self.role, file, &group.join(" "), message, 1);
        let near = group.iter().find_map(|name| {
            crate::finding::suggestion(name, header.texts.iter().map(String::as_str))
                .filter(|near| !near.is_empty())
                .map(|near| (name, near))
        });
        if let Some((name, near)) = near {
            finding.help = Some(format!("if `{near}` is meant, rename it to `{name}`; otherwise add the column to the export"));
        }
        place_header(&mut finding, bytes, header, 0, "the header");
        self.push(finding, Kind::MissingColumn);
    }

    /// Files that the format requires and that are not there.
    pub(super) fn missing(&mut self, files: &[Sheet]) {
        for (at, map) in self.layout.files.iter().enumerate() {
            let unreadable = self.findings.iter().any(|finding| {
                finding.rule.as_ref() == Kind::Unreadable.check().id && finding.place.as_ref().is_some_and(|place| map.takes(&place.file))
            });
            if map.required && !unreadable && !files.iter().any(|file| file.map == at) {
                let file: Arc<str> = map.names.first().map_or("", String::as_str).into();
                self.file(Kind::MissingFile, &file, format!("`{file}` is not there, and {} requires it", self.layout.title));
            }
        }
    }

    /// Files that belong to nothing.
    pub(super) fn strangers(&mut self, names: &[String]) {
        let Some(first) = names.first() else { return };
        let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        let message = format!(
            "{} {are} not part of {} and {} not read",
            List(&shown, "and"),
            self.layout.title,
            if names.len() == 1 { "was" } else { "were" }
        );
        let finding = finding(Kind::UnknownFile, self.role, &first.as_str().into(), "", message, names.len() as u64);
        self.push(finding, Kind::UnknownFile);
    }
}

fn plural(count: usize) -> String {
    if count == 1 { "a column".to_owned() } else { format!("{count} columns") }
}

/// Points at a header.
fn place_header(finding: &mut Finding, bytes: &Bytes, header: &Header, column: usize, label: &str) {
    let Some(place) = &mut finding.place else { return };
    let at = header.places.get(column).copied().unwrap_or(header.start);
    place.line = Some(header.line);
    place.column = Some(super::excerpt::column(bytes, header.start, at));
    let text = header.texts.get(column).map_or("", String::as_str);
    let (text, length) = super::excerpt::visible(text, 60);
    place.excerpt = Some(Excerpt { text, mark: (0, length.max(1)), label: label.to_owned() });
}
