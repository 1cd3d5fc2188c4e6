//! Mistakes of packs and configurations, drawn by miette at their exact characters.
use super::diagnostic::severity;
use super::excerpt::{Excerpt, Shown};
use super::plain;
use super::style::{Style, Tone};
use super::text::{hang, visible, wrap};
use crate::finding::{Count, Label, Mistake, Severity};
use crate::source::{Sources, TextId};
use miette::{Diagnostic, GraphicalReportHandler, LabeledSpan, SourceCode};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

/// A label over more lines than this is drawn at its first line only.
const TALLEST: usize = 6;
/// What miette's frame takes beside a line, with a line number of four digits.
const FRAME: usize = 9;

/// All mistakes, each with its places and its advice, and a last line that counts them; empty when there are none.
#[must_use]
pub fn mistakes(list: &[Mistake], sources: &Sources, style: &Style) -> String {
    let mut text = String::new();
    for mistake in list {
        match style.plain {
            true => text.push_str(&plain::mistake(mistake, sources)),
            false => text.push_str(&one(mistake, sources, style)),
        }
        text.push('\n');
    }
    let counted = count(list);
    if !counted.is_empty() {
        text.push_str(&style.paint(Tone::Strong, &counted));
        text.push('\n');
    }
    text
}

/// `3 errors, 1 warning`.
fn count(list: &[Mistake]) -> String {
    let of = |keep: fn(Severity) -> bool| list.iter().filter(|mistake| keep(mistake.severity)).count() as u64;
    let counts = [
        Count(of(|severity| severity >= Severity::Error), "error", "errors"),
        Count(of(|severity| severity == Severity::Warning), "warning", "warnings"),
        Count(of(|severity| severity == Severity::Info), "note", "notes"),
    ];
    counts.iter().filter(|count| count.0 > 0).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn one(mistake: &Mistake, sources: &Sources, style: &Style) -> String {
    let mut texts: Vec<TextId> = Vec::new();
    for label in &mistake.labels {
        if !texts.contains(&label.span.text) {
            texts.push(label.span.text);
        }
    }
    let mut blocks: Vec<Block> = texts.iter().map(|&text| Block::new(text, &mistake.labels, sources, style)).collect();
    if blocks.is_empty() {
        blocks.push(Block::empty());
    }
    for (at, block) in blocks.iter_mut().enumerate() {
        match at {
            0 => (block.code, block.message) = (Some(mistake.code), visible(&mistake.message)),
            _ => block.message = format!("see also {}", visible(sources.name(texts[at]))),
        }
        block.severity = if at == 0 { mistake.severity } else { Severity::Info };
    }
    let handler = GraphicalReportHandler::new_themed(style.theme()).with_width(style.columns()).with_links(false).with_context_lines(1);
    let mut text = String::new();
    for block in &blocks {
        // Writing to a string fails only when the source can't be read, and every label is inside its excerpt.
        if handler.render_report(&mut text, block).is_err() {
            text.push_str(&plain::mistake(mistake, sources));
        }
    }
    if let Some(help) = &mistake.help {
        text.push_str(&hang(&format!("  {} ", style.paint(Tone::Help, "help:")), 8, &visible(help), style.columns()));
    }
    text.lines().fold(String::new(), |trimmed, line| trimmed + line.trim_end() + "\n")
}

/// The labels of a mistake in one text.
#[derive(Debug)]
struct Block {
    code: Option<&'static str>,
    severity: Severity,
    message: String,
    excerpt: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
}

impl Block {
    fn empty() -> Self {
        Block { code: None, severity: Severity::Error, message: String::new(), excerpt: None, labels: Vec::new() }
    }

    fn new(id: TextId, labels: &[Label], sources: &Sources, style: &Style) -> Self {
        let text = sources.text(id);
        let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let line_of = |byte: usize| starts.partition_point(|&start| start <= byte) - 1;
        let line_text = |line: usize| {
            let end = starts.get(line + 1).copied().unwrap_or(text.len());
            text[starts[line]..end].trim_end_matches(['\n', '\r'])
        };
        let mut places = Vec::new();
        let mut needed: BTreeSet<usize> = BTreeSet::new();
        for (nth, label) in labels.iter().enumerate().filter(|(_, label)| label.span.text == id) {
            let mut range = clamp(text, label.span.range());
            let (first, mut last) = (line_of(range.start), line_of(range.end));
            if last - first >= TALLEST {
                last = first;
                range.end = starts[first] + line_text(first).len();
            }
            needed.extend(first.saturating_sub(1)..=(last + 1).min(starts.len() - 1));
            places.push((nth, range, first, last));
        }
        let mut excerpt = Excerpt::new(visible(sources.name(id)));
        let mut moved: BTreeMap<usize, usize> = BTreeMap::new();
        let room = style.columns() - FRAME;
        for line in needed {
            // The empty line after the last line break is no line.
            if line > 0 && starts[line] == text.len() {
                continue;
            }
            let points: BTreeSet<usize> = places
                .iter()
                .flat_map(|(_, range, first, last)| [(range.start, *first), (range.end, *last)])
                .filter(|(_, at)| *at == line)
                .map(|(byte, _)| byte)
                .collect();
            let inside: Vec<usize> = points.iter().map(|byte| byte - starts[line]).collect();
            let shown = Shown::around(line_text(line), &inside, room, style.gap());
            let drawn: Vec<usize> = inside.iter().map(|&byte| shown.place(byte)).collect();
            let at = excerpt.push_shown(line as u64 + 1, shown);
            moved.extend(points.into_iter().zip(drawn.into_iter().map(|byte| at + byte)));
        }
        let mut spans = Vec::new();
        for (nth, range, ..) in places {
            let (Some(&start), Some(&end)) = (moved.get(&range.start), moved.get(&range.end)) else { continue };
            let words = visible(&labels[nth].text);
            let words = (!words.is_empty()).then(|| wrap(&words, (style.columns() / 2).max(30)).join("\n"));
            let span = (start, end.saturating_sub(start));
            spans.push(match nth {
                0 => LabeledSpan::new_primary_with_span(words, span),
                _ => LabeledSpan::new_with_span(words, span),
            });
        }
        Block { excerpt: Some(excerpt), labels: spans, ..Block::empty() }
    }
}

/// The range inside the text, on whole characters, without a line break at its end; at the end of the text it is the last character.
pub(super) fn clamp(text: &str, range: Range<usize>) -> Range<usize> {
    let mut start = range.start.min(text.len());
    let mut end = range.end.clamp(start, text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let covered = text[start..end].trim_end_matches(['\n', '\r']).len();
    end = start + covered;
    let written = text.trim_end();
    if start == end && start >= written.len() {
        end = written.len();
        start = written.char_indices().next_back().map_or(0, |(at, _)| at);
    }
    start..end
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Block {}

impl Diagnostic for Block {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(severity(self.severity))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
