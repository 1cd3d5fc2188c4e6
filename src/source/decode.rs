//! The map from what a TOML string says to where its characters stand in the file.
//!
//! A rule is written in any of TOML's four kinds of string. The language is parsed from the decoded text, and every
//! place in it is mapped back once, when the syntax tree is built; nobody above knows that escapes exist. TOML's own decoder does
//! the work: it hands over verbatim runs as slices of the file, whose address says where they stand, and escapes as single characters.
use super::{Span, TextId};
use std::ops::Range;
use toml_parser::decoder::{Encoding, StringBuilder};
use toml_parser::{Raw, Span as RawSpan};

/// A decoded TOML string that knows where each of its bytes was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    text: String,
    id: TextId,
    /// Sorted by `text`: from this byte of the decoded text on, the file is read at `file`; `verbatim` runs advance byte by byte, others stand still.
    runs: Vec<Run>,
    end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    text: u32,
    file: u32,
    /// Bytes of the file that wrote this run.
    written: u32,
    verbatim: bool,
}

impl Decoded {
    /// Decodes the string literal, quotes included, that stands at `literal` in `file`.
    ///
    /// Text that is no TOML string (a bare key, say) stands for itself.
    #[must_use]
    pub fn new(id: TextId, file: &str, literal: Range<usize>) -> Self {
        let raw_text = &file[literal.clone()];
        let encoding = match raw_text.as_bytes() {
            [b'"', b'"', b'"', ..] => Some(Encoding::MlBasicString),
            [b'\'', b'\'', b'\'', ..] => Some(Encoding::MlLiteralString),
            [b'"', ..] => Some(Encoding::BasicString),
            [b'\'', ..] => Some(Encoding::LiteralString),
            _ => None,
        };
        // Most strings stand between their quotes as they are.
        if let Some(Encoding::BasicString | Encoding::LiteralString) = encoding
            && let Some(inner) = raw_text.get(1..raw_text.len() - 1).filter(|inner| !inner.is_empty())
            && raw_text.ends_with(&raw_text[..1])
            && !inner.bytes().any(|byte| byte.is_ascii_control() || byte == raw_text.as_bytes()[0] || byte == b'\\')
        {
            return Decoded { end: literal.end as u32, ..Decoded::verbatim(id, inner, literal.start + 1) };
        }
        let mut builder = MapBuilder { file, cursor: literal.start, text: String::new(), runs: Vec::new() };
        match encoding {
            None => {
                let _ = builder.push_str(raw_text);
            }
            Some(encoding) => {
                let raw = Raw::new_unchecked(raw_text, Some(encoding), RawSpan::new_unchecked(literal.start, literal.end));
                let _ = raw.decode_scalar(&mut builder, &mut ());
            }
        }
        builder.settle(literal.end);
        Decoded { text: builder.text, id, runs: builder.runs, end: literal.end as u32 }
    }

    /// A text that stands verbatim in its file from byte `at` on.
    #[must_use]
    pub fn verbatim(id: TextId, text: &str, at: usize) -> Self {
        let run = Run { text: 0, file: at as u32, written: text.len() as u32, verbatim: true };
        Decoded { text: text.to_owned(), id, runs: vec![run], end: (at + text.len()) as u32 }
    }

    /// The decoded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the bytes `range` of the decoded text were written.
    #[must_use]
    pub fn locate(&self, range: Range<usize>) -> Span {
        let start = self.file_offset(range.start);
        let end = if range.end > range.start { self.file_end(range.end) } else { start };
        Span::new(self.id, start..end.max(start))
    }

    /// The whole of the text as it stands in the file, without its quotes.
    #[must_use]
    pub fn span(&self) -> Span {
        self.locate(0..self.text.len())
    }

    fn run_at(&self, at: usize) -> Option<&Run> {
        let next = self.runs.partition_point(|run| run.text as usize <= at);
        next.checked_sub(1).map(|index| &self.runs[index])
    }

    /// Where the character at byte `at` begins in the file.
    fn file_offset(&self, at: usize) -> usize {
        match self.run_at(at) {
            Some(run) if run.verbatim => (run.file as usize + at - run.text as usize).min(self.end as usize),
            Some(run) => run.file as usize,
            None => self.end as usize,
        }
    }

    /// Where the character that ends before byte `at` ends in the file.
    fn file_end(&self, at: usize) -> usize {
        match self.run_at(at.saturating_sub(1)) {
            Some(run) if run.verbatim => run.file as usize + at - run.text as usize,
            Some(run) => (run.file + run.written) as usize,
            None => self.end as usize,
        }
    }
}

/// Listens to TOML's decoder.
struct MapBuilder<'f> {
    file: &'f str,
    /// The first byte of the file that no run accounts for yet.
    cursor: usize,
    text: String,
    runs: Vec<Run>,
}

impl MapBuilder<'_> {
    /// The escape before `until`, if the last run is one, was written up to there.
    fn settle(&mut self, until: usize) {
        if let Some(last) = self.runs.last_mut()
            && !last.verbatim
            && last.written == 0
        {
            last.written = escape_length(&self.file[last.file as usize..until]) as u32;
            self.cursor = last.file as usize + last.written as usize;
        }
    }
}

impl<'s> StringBuilder<'s> for MapBuilder<'_> {
    fn clear(&mut self) {
        self.text.clear();
        self.runs.clear();
    }

    fn push_str(&mut self, verbatim: &'s str) -> bool {
        // A verbatim run is a slice of the file: its address tells where it stands. The decoder's own constants are not slices of it.
        let offset = (verbatim.as_ptr() as usize).wrapping_sub(self.file.as_ptr() as usize);
        let within = offset.checked_add(verbatim.len()).is_some_and(|end| end <= self.file.len());
        let file = if within { offset } else { self.cursor };
        self.settle(file);
        // An empty run writes nothing, but its address is past a line continuation, which is announced by nothing else.
        self.cursor = file + verbatim.len();
        if verbatim.is_empty() {
            return true;
        }
        self.runs.push(Run { text: self.text.len() as u32, file: file as u32, written: verbatim.len() as u32, verbatim: true });
        self.text.push_str(verbatim);
        true
    }

    fn push_char(&mut self, decoded: char) -> bool {
        let until = self.file.len();
        self.settle(until);
        // Every escape comes after a run, be it an empty one, so the cursor stands at its backslash.
        let escape = self.file[self.cursor..].find('\\').map_or(self.cursor, |skip| self.cursor + skip);
        self.runs.push(Run { text: self.text.len() as u32, file: escape as u32, written: 0, verbatim: false });
        self.cursor = escape;
        self.text.push(decoded);
        true
    }
}

/// Bytes of the escape at the start of `text`.
fn escape_length(text: &str) -> usize {
    let hex = match text.as_bytes() {
        [b'\\', b'x', ..] => 2,
        [b'\\', b'u', ..] => 4,
        [b'\\', b'U', ..] => 8,
        [b'\\', ..] => 0,
        _ => return text.chars().next().map_or(0, char::len_utf8),
    };
    (2 + hex).min(text.len())
}
