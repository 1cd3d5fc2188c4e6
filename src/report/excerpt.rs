//! A few lines of a text as miette reads them: each knows its number and its columns in the file that it comes from.
use super::text::{stand_in, width};
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

/// Lines to be drawn, not always neighbours, cut to the width.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    start: usize,
    /// One past the line break, which every line has, so that a label at the end of the text has a place.
    end: usize,
    number: Option<u64>,
    shown: Option<Shown>,
}

/// A line cut around what matters, and where its characters were.
#[derive(Debug)]
pub(super) struct Shown {
    /// The line as it is drawn.
    pub(super) text: String,
    /// Per character kept: its byte and its column in the line as written, and its byte in `text`.
    places: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    written: usize,
    column: usize,
    shown: usize,
}

impl Shown {
    /// Shows the part of `raw` that is nearest to `points` (bytes), in at most `room` columns.
    pub(super) fn around(raw: &str, points: &[usize], room: usize, gap: &str) -> Self {
        let pieces: Vec<(usize, String)> = raw
            .char_indices()
            .map(|(at, c)| match c {
                '\t' => (at, "    ".to_owned()),
                _ => (at, stand_in(c).unwrap_or_else(|| c.to_string())),
            })
            .collect();
        let keep = nearest(&pieces, points, room, width(gap));
        let mut shown = Shown { text: String::new(), places: Vec::new() };
        let mut skipping = false;
        for (column, ((written, piece), keep)) in pieces.iter().zip(keep).enumerate() {
            if keep {
                shown.places.push(Kept { written: *written, column, shown: shown.text.len() });
                shown.text.push_str(piece);
            } else if !skipping {
                shown.text.push_str(gap);
            }
            skipping = !keep;
        }
        shown
    }

    /// Where in the drawn line a byte of the written line is, or what follows it.
    pub(super) fn place(&self, written: usize) -> usize {
        let at = self.places.partition_point(|kept| kept.written < written);
        self.places.get(at).map_or(self.text.len(), |kept| kept.shown)
    }

    /// The column in the written line, from 0, of a byte of the drawn one.
    fn column(&self, shown: usize) -> usize {
        let at = self.places.partition_point(|kept| kept.shown < shown);
        match (self.places.get(at), self.places.last()) {
            (Some(kept), _) => kept.column,
            (None, Some(last)) => last.column + 1,
            (None, None) => 0,
        }
    }
}

/// Which pieces of a line to keep: those nearest to a point, as long as there is room.
fn nearest(pieces: &[(usize, String)], points: &[usize], room: usize, gap: usize) -> Vec<bool> {
    let whole: usize = pieces.iter().map(|(_, piece)| width(piece)).sum();
    if whole <= room {
        return vec![true; pieces.len()];
    }
    let start = [0];
    let points = if points.is_empty() { &start } else { points };
    let room = room.saturating_sub(gap * (points.len() + 1));
    let mut order: Vec<(usize, usize)> =
        pieces.iter().enumerate().map(|(nth, (at, _))| (points.iter().map(|point| point.abs_diff(*at)).min().unwrap_or(0), nth)).collect();
    order.sort_unstable();
    let mut keep = vec![false; pieces.len()];
    let mut used = 0;
    for (_, nth) in order {
        used += width(&pieces[nth].1);
        if used > room {
            break;
        }
        keep[nth] = true;
    }
    // A character that combines with one that was left out has nothing to stand on.
    for nth in 1..pieces.len() {
        if keep[nth] && !keep[nth - 1] && pieces[nth].1.chars().all(|c| c.width() == Some(0)) {
            keep[nth] = false;
        }
    }
    keep
}

impl Excerpt {
    /// An excerpt under the name that stands at its head.
    pub(super) fn new(name: String) -> Self {
        Excerpt { name, ..Excerpt::default() }
    }

    /// Adds a line that is drawn as it is; its place in the excerpt is returned.
    pub(super) fn push(&mut self, number: Option<u64>, text: &str) -> usize {
        self.add(number, text, None)
    }

    /// Adds a line that was cut; its place in the excerpt is returned.
    pub(super) fn push_shown(&mut self, number: u64, shown: Shown) -> usize {
        let text = shown.text.clone();
        self.add(Some(number), &text, Some(shown))
    }

    fn add(&mut self, number: Option<u64>, text: &str, shown: Option<Shown>) -> usize {
        let start = self.text.len();
        self.text.push_str(text);
        self.text.push('\n');
        self.lines.push(Line { start, end: self.text.len(), number, shown });
        start
    }

    fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.end <= offset).min(self.lines.len().saturating_sub(1))
    }

    fn neighbours(&self, upper: usize) -> bool {
        match (self.lines[upper].number, self.lines[upper + 1].number) {
            (Some(first), Some(second)) => first + 1 == second,
            _ => true,
        }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(&'a self, span: &SourceSpan, before: usize, after: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if self.lines.is_empty() && span.offset() == 0 {
            return Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), &[], (0, 0).into(), 0, 0, 0)));
        }
        if span.offset() >= self.text.len() || span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let (mut first, mut last) = (self.line_at(span.offset()), self.line_at((span.offset() + span.len().max(1)) - 1));
        let at = &self.lines[first];
        let column = match (&at.shown, before) {
            (Some(shown), 0) => shown.column(span.offset() - at.start),
            _ => 0,
        };
        for _ in 0..before {
            if first > 0 && self.neighbours(first - 1) {
                first -= 1;
            }
        }
        for _ in 0..after.min(self.lines.len()) {
            if last + 1 < self.lines.len() && self.neighbours(last) {
                last += 1;
            }
        }
        let (start, end) = (self.lines[first].start, self.lines[last].end);
        let number = self.lines[first].number.map_or(0, |number| number.saturating_sub(1) as usize);
        let kind = if self.lines[first].number.is_some() { "numbered" } else { "row" };
        let data = &self.text.as_bytes()[start..end];
        let contents =
            MietteSpanContents::new_named(self.name.clone(), data, (start, end - start).into(), number, column, last - first + 1);
        Ok(Box::new(contents.with_language(kind)))
    }
}
