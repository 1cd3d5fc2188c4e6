//! Miette's report handler for records: its frame and its labels, around tables rather than around source lines.
use super::style::{Style, Tone};
use super::text::{hang, pad_left, width, wrap};
use crate::finding::Severity;
use miette::{Diagnostic, LabeledSpan, ReportHandler, SourceCode};
use std::fmt;

/// Draws a diagnostic whose related diagnostics are boxes.
pub(super) struct DataHandler(pub(super) Style);

/// A diagnostic with its handler, to be formatted.
pub(super) struct Drawn<'a>(pub(super) &'a DataHandler, pub(super) &'a dyn Diagnostic);

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(self.1, f)
    }
}

impl ReportHandler for DataHandler {
    fn debug(&self, diagnostic: &dyn Diagnostic, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = &self.0;
        let severity = match diagnostic.severity() {
            Some(miette::Severity::Advice) => Severity::Info,
            Some(miette::Severity::Warning) => Severity::Warning,
            Some(miette::Severity::Error) | None => Severity::Error,
        };
        let tone = Tone::Of(severity);
        if let Some(code) = diagnostic.code() {
            writeln!(f, "{}\n", style.paint(tone, &code.to_string()))?;
        }
        let bar = style.theme().characters.vbar.to_string();
        for (at, line) in wrap(&diagnostic.to_string(), style.columns() - 4).iter().enumerate() {
            let mark = if at == 0 { style.mark(severity) } else { bar.clone() };
            writeln!(f, "  {} {line}", style.paint(tone, &mark))?;
        }
        self.boxes(diagnostic, f)?;
        if let Some(help) = diagnostic.help() {
            f.write_str(&hang(&format!("  {} ", style.paint(Tone::Help, "help:")), 8, &help.to_string(), style.columns()))?;
        }
        Ok(())
    }
}

/// A line of an excerpt.
struct Line {
    offset: usize,
    number: Option<usize>,
    text: String,
}

/// All lines of an excerpt, and the name at its head.
fn lines(source: &dyn SourceCode) -> (String, Vec<Line>) {
    let mut name = String::new();
    let mut lines = Vec::new();
    let mut offset = 0;
    while let Ok(contents) = source.read_span(&(offset, 0).into(), 0, 0) {
        name = contents.name().unwrap_or("").to_owned();
        if contents.span().is_empty() {
            break;
        }
        let numbered = contents.language() == Some("numbered");
        let text = String::from_utf8_lossy(contents.data()).trim_end_matches('\n').to_owned();
        lines.push(Line { offset: contents.span().offset(), number: numbered.then(|| contents.line() + 1), text });
        offset = contents.span().offset() + contents.span().len();
    }
    (name, lines)
}

impl DataHandler {
    fn boxes(&self, diagnostic: &dyn Diagnostic, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters = self.0.theme().characters;
        let related: Vec<_> = diagnostic.related().into_iter().flatten().collect();
        let drawn: Vec<_> = related.iter().filter_map(|related| related.source_code().map(|source| (related, lines(source)))).collect();
        let numbers = drawn.iter().flat_map(|(_, (_, lines))| lines).filter_map(|line| line.number);
        let gutter = numbers.map(|number| number.to_string().len()).max().unwrap_or(0);
        let indent = " ".repeat(gutter + 3);
        for (at, (related, (name, lines))) in drawn.iter().enumerate() {
            let corner = if at == 0 { characters.ltop } else { characters.lcross };
            let head = self.0.paint(Tone::Link, name);
            writeln!(f, "{indent}{}[{head}]", self.0.paint(Tone::Dim, &format!("{corner}{}", characters.hbar)))?;
            let labels: Vec<LabeledSpan> = related.labels().into_iter().flatten().collect();
            for line in lines {
                self.line(line, &labels, gutter, f)?;
            }
            if at + 1 == drawn.len() {
                let bottom = format!("{}{}", characters.lbot, characters.hbar.to_string().repeat(4));
                let closing = related.to_string();
                let space = if closing.is_empty() { "" } else { " " };
                writeln!(f, "{indent}{}{space}{closing}", self.0.paint(Tone::Dim, &bottom))?;
            }
        }
        Ok(())
    }

    fn line(&self, line: &Line, labels: &[LabeledSpan], gutter: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters = self.0.theme().characters;
        let number = line.number.map(|number| number.to_string()).unwrap_or_default();
        let frame = |sign: char, number: &str| self.0.paint(Tone::Dim, &format!("  {} {sign}", pad_left(number, gutter)));
        let end = line.offset + line.text.len();
        let mut spans: Vec<Span> = Vec::new();
        for label in labels.iter().filter(|label| label.offset() >= line.offset && label.offset() + label.len() <= end) {
            let (from, to) = (label.offset() - line.offset, label.offset() + label.len() - line.offset);
            let (start, stop) = (width(&line.text[..from]), width(&line.text[..to]));
            spans.push(Span {
                from,
                to,
                start,
                stop: stop.max(start + 1),
                empty: from == to,
                label: label.label(),
                tone: Tone::Label(spans.len()),
            });
        }
        spans.sort_by_key(|span| span.from);

        let mut text = String::new();
        let mut at = 0;
        for span in &spans {
            text.push_str(line.text.get(at..span.from).unwrap_or(""));
            text.push_str(&self.0.paint(span.tone, line.text.get(span.from.max(at)..span.to).unwrap_or("")));
            at = span.to.max(at);
        }
        text.push_str(&line.text[at..]);
        writeln!(f, "{}", format!("{}  {text}", frame(characters.vbar, &number)).trim_end())?;

        // A span without words has its words further down, in the same column.
        if spans.iter().all(|span| span.label.is_none()) {
            return Ok(());
        }
        let mut under = String::new();
        let mut drawn = 0;
        for span in &spans {
            let start = span.start.max(drawn);
            let stop = span.stop.max(start + 1);
            let knee = (start + stop) / 2;
            let sign = if span.empty { characters.uarrow } else { characters.underbar };
            let sign = if span.label.is_some_and(|label| !label.is_empty()) { sign } else { characters.underline };
            let bar = |count: usize| characters.underline.to_string().repeat(count);
            under.push_str(&" ".repeat(start - drawn));
            under.push_str(&self.0.paint(span.tone, &format!("{}{sign}{}", bar(knee - start), bar(stop - knee - 1))));
            drawn = stop;
        }
        writeln!(f, "{}  {under}", frame(characters.vbar_break, ""))?;
        let knees: Vec<usize> = spans.iter().map(|span| (span.start + span.stop) / 2).collect();
        for (nth, span) in spans.iter().enumerate().rev() {
            let Some(label) = span.label.filter(|label| !label.is_empty()) else { continue };
            let mut stem = String::new();
            let mut column = 0;
            for (other, &knee) in spans[..nth].iter().zip(&knees) {
                if other.label.is_some_and(|label| !label.is_empty()) {
                    stem.push_str(&" ".repeat(knee.saturating_sub(column)));
                    stem.push_str(&self.0.paint(other.tone, &characters.vbar.to_string()));
                    column = knee + 1;
                }
            }
            stem.push_str(&" ".repeat(knees[nth].saturating_sub(column)));
            let before = gutter + 6 + knees[nth] + 4;
            for (at, words) in wrap(label, self.0.columns().saturating_sub(before).max(12)).iter().enumerate() {
                let hook = if at == 0 { format!("{}{}", characters.lbot, characters.hbar.to_string().repeat(2)) } else { "   ".to_owned() };
                writeln!(f, "{}  {stem}{}", frame(characters.vbar_break, ""), self.0.paint(span.tone, &format!("{hook} {words}")))?;
            }
        }
        Ok(())
    }
}

/// A label's place in a line: bytes, columns on the screen, words.
struct Span<'a> {
    from: usize,
    to: usize,
    start: usize,
    stop: usize,
    empty: bool,
    label: Option<&'a str>,
    tone: Tone,
}
