//! What logs say: for people message by message, for programs line by line.
use super::json::LogRecordLine;
use super::listing::listing;
use super::style::{Style, Tone};
use super::text::{hang, visible};
use crate::finding::{Compared, Count, LogLine, LogReport, LogSection, LogUnseen, Record, Severity};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use std::fmt::Write as _;

/// The report on logs; at most `limit` kinds of unknown lines are shown.
#[must_use]
pub fn log_report(report: &LogReport, limit: usize, style: &Style) -> String {
    let mut text = String::new();
    for section in &report.sections {
        text.push_str(&self::section(section, style));
        text.push('\n');
    }
    if !report.unseen.is_empty() {
        text.push_str(&unseen(&report.unseen, style));
        text.push('\n');
    }
    if !report.unknown.is_empty() {
        text.push_str(&unknown(report, limit, style));
        text.push('\n');
    }
    text.push_str(&summary(report, style));
    text
}

fn lines(count: u64) -> String {
    Count(count, "line", "lines").to_string()
}

/// A paragraph at two columns.
fn paragraph(head: &str, words: &str, style: &Style) -> String {
    let start = format!("  {} ", style.paint(Tone::Help, head));
    let indent = if head.len() < 6 { head.len() + 3 } else { 4 };
    if indent == 4 {
        return format!(
            "{}
{}",
            start.trim_end(),
            hang("    ", 4, &visible(words), style.columns())
        );
    }
    hang(&start, indent, &visible(words), style.columns())
}

fn section(section: &LogSection, style: &Style) -> String {
    let mut text = String::new();
    let one = section.claims.len() == 1;
    let title = if one { section.claims[0].title.clone() } else { "one of these is the reason".to_owned() };
    let mark = if style.plain { String::new() } else { format!("{} ", style.mark(section.severity)) };
    let names = if one { format!("{}, {}", section.claims[0].id, section.severity) } else { section.severity.to_string() };
    let head = format!("{}: {} ({names})", lines(section.count), visible(&title));
    let painted = style.paint(Tone::Of(section.severity), &mark);
    text.push_str(&hang(&painted, mark.chars().count(), &head, style.columns()));
    if !one {
        for claim in &section.claims {
            text.push_str(&hang("    ", 6, &format!("{}: {}", claim.id, visible(&claim.title)), style.columns()));
        }
    }
    for line in &section.lines {
        text.push_str(&self::line(line, section, style));
    }
    let shown = section.lines.len() as u64;
    if section.count > shown {
        let more = format!("... and {} more (--limit 0 shows them)", lines(section.count - shown));
        let _ = writeln!(text, "  {}", style.paint(Tone::Dim, &more));
    }
    if let Some(why) = &section.why {
        text.push_str(&paragraph("why:", why, style));
    }
    if let Some(help) = &section.help {
        let head = if section.help_of_first && section.count > 1 { "help for the first of them:" } else { "help:" };
        text.push_str(&paragraph(head, help, style));
    }
    text
}

/// `students.csv:2`, and where from when it is not the roster of today.
fn place(record: &Record) -> String {
    format!("{} {} ({}:{})", record.noun, visible(&record.id), visible(&record.file), record.line)
}

fn line(line: &LogLine, section: &LogSection, style: &Style) -> String {
    let named: Vec<String> =
        line.values.iter().map(|(name, value)| format!("{} {}", visible(&name.replace('_', " ")), visible(value))).collect();
    let what = if named.is_empty() { visible(&line.text) } else { named.join(", ") };
    let cut = if line.whole { "" } else { " (the line is cut off)" };
    let mut text = hang("  ", 4, &format!("{}:{}  {what}{cut}", visible(&line.file), line.line), style.columns());
    let mut tell = |words: &str| text.push_str(&hang("      ", 6, words, style.columns()));
    if !line.records.is_empty() {
        tell(&line.records.iter().map(place).collect::<Vec<_>>().join(", "));
    }
    for finding in &line.findings {
        let named = if section.claims.len() == 1 { String::new() } else { format!(" ({})", finding.rule) };
        tell(&format!("foreseen: {}{named}", visible(&finding.message)));
    }
    if line.more > 0 {
        tell(&format!("foreseen by {} more", Count(line.more, "finding", "findings")));
    }
    match &line.compared {
        None | Some(Compared::Foreseen | Compared::NoRule) => {}
        Some(Compared::Missed) if line.others.is_empty() => tell("not foreseen: validate finds no such thing today"),
        Some(Compared::Missed) => tell("not foreseen: validate finds something else about this record"),
        Some(Compared::NoRecord) => tell("no record of the data has these values"),
        Some(Compared::Found(count)) => {
            tell(&format!("the line names no record; validate has {} of this", Count(*count, "finding", "findings")));
        }
        Some(Compared::NotFound) => tell("validate finds no such thing today"),
        Some(Compared::NotChecked(why)) => tell(&format!("not compared: {}", visible(why))),
    }
    for finding in &line.others {
        text.push_str(&hang("        ", 10, &format!("{}: {}", finding.rule, visible(&finding.message)), style.columns()));
    }
    text
}

fn unseen(unseen: &[LogUnseen], style: &Style) -> String {
    let mut text = format!("{}\n", style.heading("Foreseen, and not in the log"));
    for rule in unseen {
        let head = format!("{} of {} ({})", Count(rule.count, "finding", "findings"), rule.claim.id, rule.claim.severity);
        text.push_str(&hang("  ", 4, &head, style.columns()));
        for message in &rule.messages {
            text.push_str(&hang("    ", 6, &visible(message), style.columns()));
        }
        if rule.count > rule.messages.len() as u64 && !rule.messages.is_empty() {
            let more = format!("... and {} more", Count::grouped(rule.count - rule.messages.len() as u64));
            let _ = writeln!(text, "    {}", style.paint(Tone::Dim, &more));
        }
    }
    text
}

fn unknown(report: &LogReport, limit: usize, style: &Style) -> String {
    let mut text = format!("{}\n", style.heading("Lines that no rule knows"));
    let several = report.files.len() > 1;
    let row = |shape: &crate::finding::LogShape| {
        let first = if several { format!("{}:{}", shape.first.0, shape.first.1) } else { shape.first.1.to_string() };
        vec![Count::grouped(shape.count), first, if shape.error { "error".to_owned() } else { String::new() }, shape.shape.clone()]
    };
    let rows: Vec<Vec<String>> = report.unknown.iter().take(limit).map(row).collect();
    text.push_str(&listing(&["lines", if several { "first" } else { "first line" }, "level", "what it looks like"], &rows, style));
    if let Some(rest) = report.unknown.get(limit..).filter(|rest| !rest.is_empty()) {
        let count = rest.iter().map(|shape| shape.count).sum();
        let more = format!("... and {} of {} (--limit 0 shows them)", lines(count), Count(rest.len() as u64, "other kind", "other kinds"));
        let _ = writeln!(text, "  {}", style.paint(Tone::Dim, &more));
    }
    text
}

fn summary(report: &LogReport, style: &Style) -> String {
    let mut text = format!("{}\n", style.heading("Read"));
    for file in &report.files {
        let known = if file.known == 0 { "none known".to_owned() } else { format!("{} known", Count::grouped(file.known)) };
        let read = match &file.trouble {
            Some(why) if file.lines == 0 => format!("can't be read: {}", visible(why)),
            Some(why) => format!("{}, {known}; {}", lines(file.lines), visible(why)),
            None => format!("{}, {known}", lines(file.lines)),
        };
        text.push_str(&hang("  ", 4, &format!("{}: {read}", visible(&file.name)), style.columns()));
    }
    let total = |wanted: &dyn Fn(&Compared) -> bool| -> u64 {
        report.sections.iter().flat_map(|section| &section.compared).filter(|(compared, _)| wanted(compared)).map(|(_, count)| count).sum()
    };
    if let Some(data) = &report.data {
        let counts = [
            (total(&|compared| *compared == Compared::Foreseen), "foreseen"),
            (total(&|compared| matches!(compared, Compared::Missed | Compared::NotFound)), "not foreseen"),
            (total(&|compared| *compared == Compared::NoRecord), "about no record of the data"),
            (total(&|compared| matches!(compared, Compared::Found(_) | Compared::NotChecked(_) | Compared::NoRule)), "not compared"),
        ];
        let told: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{} {words}", Count::grouped(*count))).collect();
        let told = if told.is_empty() { "nothing to compare".to_owned() } else { told.join(", ") };
        text.push_str(&hang("  ", 4, &format!("compared with {}: {told}", visible(data)), style.columns()));
    } else {
        text.push_str("  not compared with data: name it with --with\n");
    }
    let of = |severity: Severity| report.sections.iter().filter(|section| section.severity == severity).map(|section| section.count).sum();
    let words = [
        (Severity::Blocker, "blocker", "blockers"),
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "note", "notes"),
    ];
    let counts: Vec<String> = words
        .iter()
        .filter(|(severity, ..)| of(*severity) > 0 || *severity == Severity::Error)
        .map(|(severity, one, many)| Count(of(*severity), one, many).to_string())
        .collect();
    let unknown: u64 = report.unknown.iter().map(|shape| shape.count).sum();
    let errors: u64 = report.unknown.iter().filter(|shape| shape.error).map(|shape| shape.count).sum();
    let errors = match errors {
        0 => String::new(),
        1 => ", 1 of which calls itself an error".to_owned(),
        errors => format!(", {} of which call themselves errors", Count::grouped(errors)),
    };
    let unknown = match unknown {
        0 if report.files.iter().all(|file| file.lines == 0) => "no line".to_owned(),
        0 => "every line is known".to_owned(),
        unknown => format!("{} that no rule knows{errors}", lines(unknown)),
    };
    let _ = writeln!(text, "\n{}; {unknown}", counts.join(", "));
    text
}

/// A line of a log as one line of JSON, without a line break at its end.
#[must_use]
pub fn log_json_line(line: &LogLine) -> String {
    let known = Line {
        file: &line.file,
        line: line.line,
        lines: line.lines,
        known: !line.claims.is_empty(),
        text: &line.text,
        whole: (!line.claims.is_empty()).then_some(line.whole),
        severity: line.claims.iter().map(|claim| claim.severity).max().map(Severity::word),
        rules: line.claims.iter().map(|claim| Claim { id: &claim.id, title: &claim.title }).collect(),
        values: Values(&line.values),
        records: line.records.iter().map(LogRecordLine::new).collect(),
        compared: line.compared.as_ref().map(Compared::word),
        findings: line
            .findings
            .iter()
            .map(|finding| Found { rule: &finding.rule, fingerprint: finding.fingerprint.to_string(), message: &finding.message })
            .collect(),
        more_findings: line.more,
    };
    // Strings, numbers and maps with string keys can't fail to become JSON.
    serde_json::to_string(&known).unwrap_or_default()
}

#[derive(serde::Serialize)]
struct Line<'a> {
    file: &'a str,
    line: u64,
    lines: u64,
    known: bool,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Claim<'a>>,
    #[serde(skip_serializing_if = "Values::is_empty")]
    values: Values<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    records: Vec<LogRecordLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Found<'a>>,
    #[serde(skip_serializing_if = "is_none")]
    more_findings: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

#[derive(serde::Serialize)]
struct Claim<'a> {
    id: &'a str,
    title: &'a str,
}

#[derive(serde::Serialize)]
struct Found<'a> {
    rule: &'a str,
    fingerprint: String,
    message: &'a str,
}

/// Names and values; a name that comes again is counted: `value 2`.
struct Values<'a>(&'a [(String, String)]);

impl Values<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (at, (name, value)) in self.0.iter().enumerate() {
            match self.0[..at].iter().filter(|(other, _)| other == name).count() {
                0 => map.serialize_entry(name, value)?,
                before => map.serialize_entry(&format!("{name} {}", before + 1), value)?,
            }
        }
        map.end()
    }
}
