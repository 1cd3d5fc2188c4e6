//! The summary that closes a run: what was read, what every rule did, what to fix first, and whether the verdict is complete.
use super::plain::{capitalized, sentence};
use super::style::{Style, Tone};
use super::text::{hang, pad, pad_left, visible, width};
use crate::finding::{Cause, Count, RuleSummary, RunSummary, Severity, SourceSummary};
use std::fmt::Display;

/// A list of skipped rules with one reason is cut after this many.
/// Past so many reasons of one rule each, they share a paragraph.
const ALONE: usize = 3;
const NAMED: usize = 4;

/// How many findings there are of each severity, the worst first; consequences count too.
#[must_use]
pub fn severity_totals(run: &RunSummary) -> [(Severity, u64); 4] {
    let mut totals = Severity::ALL.map(|severity| (severity, 0));
    totals.reverse();
    for rule in &run.rules {
        for (severity, total) in &mut totals {
            if *severity == rule.severity {
                *total += rule.found;
            }
        }
    }
    totals
}

/// The whole summary.
#[must_use]
pub fn summary(run: &RunSummary, style: &Style) -> String {
    let parts = [
        sources(&run.sources, style),
        rules(run, style),
        skipped(run, style),
        inapplicable(run, style),
        causes(&run.causes, style),
        verdict(run, style),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn heading(style: &Style, words: &str) -> String {
    format!("{}\n", style.paint(Tone::Strong, words))
}

fn sources(list: &[SourceSummary], style: &Style) -> String {
    if list.is_empty() {
        return String::new();
    }
    let mut text = heading(style, "Read");
    let files = || list.iter().flat_map(|source| &source.files);
    let names = files().map(|file| width(&visible(&file.file))).max().unwrap_or(0);
    let records = files().map(|file| width(&records(file.records))).max().unwrap_or(0);
    let sizes = files().map(|file| width(&size(file.bytes))).max().unwrap_or(0);
    for source in list {
        let head = format!("{}: {}, {} ({})", source.name, visible(&source.path), visible(&source.layout), visible(&source.why));
        text.push_str(&hang("  ", 4, &sentence_if(style.plain, &head), style.columns()));
        for file in &source.files {
            let (name, count, bytes) = (visible(&file.file), self::records(file.records), size(file.bytes));
            text.push_str(&match style.plain {
                true => format!("    {name}: {count}, {bytes}.\n"),
                false => format!("    {}  {}  {}\n", pad(&name, names), pad_left(&count, records), pad_left(&bytes, sizes)),
            });
        }
    }
    text
}

fn sentence_if(plain: bool, text: &str) -> String {
    if plain { sentence(text) } else { text.to_owned() }
}

fn records(count: u64) -> String {
    Count(count, "record", "records").to_string()
}

fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return Count(bytes, "byte", "bytes").to_string(),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes * 10 / unit;
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// Whether a rule has something to say beyond that it found nothing.
fn speaks(rule: &RuleSummary) -> bool {
    rule.skipped.is_none() && (rule.found > 0 || rule.unverifiable > 0 || !rule.without.is_empty())
}

fn rules(run: &RunSummary, style: &Style) -> String {
    let mut shown: Vec<&RuleSummary> = run.rules.iter().filter(|rule| speaks(rule)).collect();
    shown.sort_by(|a, b| b.severity.cmp(&a.severity).then((b.found > 0).cmp(&(a.found > 0))));
    let mut text = String::new();
    if !shown.is_empty() {
        text.push_str(&heading(style, "Rules"));
        text.push_str(&if style.plain { sentences(&shown, style) } else { table(&shown, style) });
    }
    let silent = run.rules.iter().filter(|rule| rule.skipped.is_none() && !speaks(rule));
    let (blind, fine): (Vec<_>, Vec<_>) = silent.partition(|rule| rule.checked == 0);
    if !fine.is_empty() {
        text.push_str(&format!("  {} found nothing.\n", Count(fine.len() as u64, "rule", "rules")));
    }
    if !blind.is_empty() {
        let names = blind.iter().map(|rule| &*rule.rule).collect::<Vec<_>>();
        let had = Count(blind.len() as u64, "rule", "rules");
        text.push_str(&hang("  ", 4, &format!("{had} had no records to check: {}.", few(&names)), style.columns()));
    }
    text
}

/// The first few names of a list, and how many there are beyond.
fn few(names: &[&str]) -> String {
    match names.len() {
        0..=NAMED => names.join(", "),
        all => format!("{} and {} more", names[..NAMED - 1].join(", "), all - (NAMED - 1)),
    }
}

fn table(shown: &[&RuleSummary], style: &Style) -> String {
    // Columns of zeros only are left out.
    type Number = fn(&RuleSummary) -> u64;
    let numbers: [(&str, Number, bool); 4] = [
        ("found", |rule| rule.found, true),
        ("hanging", |rule| rule.consequences, false),
        ("unverifiable", |rule| rule.unverifiable, false),
        ("checked", |rule| rule.checked, true),
    ];
    let numbers: Vec<(&str, Number, usize)> = numbers
        .into_iter()
        .filter(|(_, number, always)| *always || shown.iter().any(|rule| number(rule) > 0))
        .map(|(title, number, _)| {
            let widest = shown.iter().map(|rule| Count::grouped(number(rule)).len()).max().unwrap_or(0);
            (title, number, widest.max(title.len()))
        })
        .collect();
    // The name comes last, so that however long it is, the numbers stay in line.
    let titles: String = numbers.iter().map(|(title, _, width)| format!("  {}", pad_left(title, *width))).collect();
    let mut text = format!("{}\n", style.paint(Tone::Dim, &titles));
    for group in shown.chunk_by(|a, b| a.severity == b.severity) {
        let severity = group[0].severity;
        text.push_str(&format!("  {}\n", style.paint(Tone::Of(severity), &format!("{} {}", style.mark(severity), plural(severity)))));
        for rule in group {
            for (title, number, width) in &numbers {
                let number = number(rule);
                let shown = if number == 0 && !["found", "checked"].contains(title) { String::new() } else { Count::grouped(number) };
                text.push_str(&format!("  {}", pad_left(&shown, *width)));
            }
            text.push_str(&format!("  {}\n", rule.rule));
            // Under the second column, where there is room for a sentence.
            let indent = 4 + numbers.first().map_or(0, |(_, _, width)| *width);
            for without in &rule.without {
                text.push_str(&hang(&" ".repeat(indent), indent, &format!("ran without {}", visible(without)), style.columns()));
            }
        }
    }
    if numbers.iter().any(|(title, ..)| *title == "hanging") {
        text.push_str(&note("hanging: of those found, consequences of another finding", style));
    }
    if numbers.iter().any(|(title, ..)| *title == "unverifiable") {
        text.push_str(&note("unverifiable: a value is missing or unreadable, so the rule can't tell", style));
    }
    text
}

fn plural(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocker => "blockers",
        Severity::Error => "errors",
        Severity::Warning => "warnings",
        Severity::Info => "notes",
    }
}

fn note(words: &str, style: &Style) -> String {
    let lines = hang("  ", 2, words, style.columns());
    lines.lines().map(|line| format!("{}\n", style.paint(Tone::Dim, line))).collect()
}

fn sentences(shown: &[&RuleSummary], style: &Style) -> String {
    let mut text = String::new();
    for rule in shown {
        let mut parts = vec![format!(
            "{} {}: {} in {}",
            capitalized(rule.severity.word()),
            rule.rule,
            Count(rule.found, "finding", "findings"),
            Count(rule.checked, "record checked", "records checked")
        )];
        if rule.consequences > 0 {
            parts.push(format!("{} of them hanging on other findings", Count::grouped(rule.consequences)));
        }
        if rule.unverifiable > 0 {
            parts.push(format!("{} could not be verified", records(rule.unverifiable)));
        }
        parts.extend(rule.without.iter().map(|without| format!("it ran without {}", visible(without))));
        text.push_str(&hang("  ", 4, &sentence(&parts.join(", ")), style.columns()));
    }
    text
}

fn skipped(run: &RunSummary, style: &Style) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for rule in run.rules.iter().filter(|rule| !rule.inapplicable) {
        let Some(reason) = &rule.skipped else { continue };
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, rules)) => rules.push(&rule.rule),
            None => reasons.push((reason, vec![&rule.rule])),
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    reasons.sort_by_key(|(_, rules)| std::cmp::Reverse(rules.len()));
    let mut text = heading(style, "Skipped");
    let collapsed = reasons.iter().any(|(_, rules)| rules.len() > NAMED);
    // Reasons of one rule each would fill the screen with a line for every column that a district does not send.
    let (alone, shared): (Vec<_>, Vec<_>) = reasons.into_iter().partition(|(_, rules)| rules.len() == 1);
    let (alone, shared) = if alone.len() > ALONE { (alone, shared) } else { (Vec::new(), [shared, alone].concat()) };
    for (reason, rules) in shared {
        let words = format!("{}, {}", Count(rules.len() as u64, "rule", "rules"), visible(reason));
        text.push_str(&hang("  ", 4, &sentence_if(style.plain, &words), style.columns()));
        text.push_str(&hang("    ", 4, &sentence_if(style.plain, &few(&rules)), style.columns()));
    }
    if !alone.is_empty() {
        let words = format!("{}, each for a reason of its own", Count(alone.len() as u64, "rule", "rules"));
        text.push_str(&hang("  ", 4, &sentence_if(style.plain, &words), style.columns()));
        let each = |(reason, rules): &(&str, Vec<&str>)| format!("{} ({})", rules[0], visible(reason.trim_start_matches("since ")));
        let words = alone.iter().map(each).collect::<Vec<_>>().join(", ");
        text.push_str(&hang("    ", 4, &sentence_if(style.plain, &words), style.columns()));
    }
    if collapsed {
        text.push_str(&note("`--strict` fails on a skip; turn off in [severity] what your data will never have", style));
    }
    text
}

/// The rules that ask for what the format of the data has no place for: nobody can supply it, and nothing is left unchecked.
fn inapplicable(run: &RunSummary, style: &Style) -> String {
    let rules: Vec<&str> = run.rules.iter().filter(|rule| rule.inapplicable).map(|rule| &*rule.rule).collect();
    if rules.is_empty() {
        return String::new();
    }
    let mut reasons: Vec<&str> = Vec::new();
    for reason in run.rules.iter().filter(|rule| rule.inapplicable).filter_map(|rule| rule.skipped.as_deref()) {
        for reason in
            reason.trim_start_matches("since ").split(" and the format has no ").flat_map(|part| part.split(", the format has no "))
        {
            let reason = reason.trim_start_matches("the format has no ");
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    let words = format!("{} not apply to these files: {}", Count(rules.len() as u64, "rule does", "rules do"), few(&rules));
    let mut text = heading(style, "Not applicable");
    text.push_str(&hang("  ", 4, &sentence_if(style.plain, &words), style.columns()));
    text.push_str(&hang(
        "    ",
        4,
        &sentence_if(style.plain, &format!("the format has no {}", visible(&reasons.join(", ")))),
        style.columns(),
    ));
    text
}

fn causes(list: &[Cause], style: &Style) -> String {
    if list.is_empty() {
        return String::new();
    }
    let mut text = heading(style, "Fix first");
    let digits = list.len().to_string().len();
    for (at, cause) in list.iter().enumerate() {
        let lead = format!("  {}. ", pad_left(&(at + 1).to_string(), digits));
        let words = format!("clears {}: {} ({})", Count::grouped(cause.clears), visible(&cause.message), cause.rule);
        text.push_str(&hang(&lead, digits + 4, &words, style.columns()));
    }
    text
}

fn verdict(run: &RunSummary, style: &Style) -> String {
    let mut text = String::new();
    if !run.incomplete.is_empty() {
        let mark = if style.plain { String::new() } else { format!("{} ", style.mark(Severity::Error)) };
        let words = format!("{mark}No complete verdict");
        text.push_str(&format!("{}\n", style.paint(Tone::Of(Severity::Error), &words)));
        for reason in &run.incomplete {
            text.push_str(&hang("  - ", 4, &visible(reason), style.columns()));
        }
        text.push('\n');
    }
    let words = totals(run);
    let worst = severity_totals(run).into_iter().find(|(_, total)| *total > 0).map(|(severity, _)| severity);
    let tone = worst.map_or(Tone::Strong, Tone::Of);
    for line in hang("", 0, &words, style.columns()).lines() {
        text.push_str(&style.paint(tone, line));
        text.push('\n');
    }
    text
}

/// `3 blockers, 12 errors, 4 warnings, 9 notes in 41 rules; 2 rules skipped`.
fn totals(run: &RunSummary) -> String {
    let counts: Vec<String> = severity_totals(run)
        .into_iter()
        .filter(|(_, total)| *total > 0)
        .map(|(severity, total)| {
            let many = plural(severity);
            Count(total, many.trim_end_matches('s'), many).to_string()
        })
        .collect();
    let skipped = run.rules.iter().filter(|rule| rule.skipped.is_some() && !rule.inapplicable).count() as u64;
    let inapplicable = run.rules.iter().filter(|rule| rule.inapplicable).count() as u64;
    let ran = run.rules.len() as u64 - skipped - inapplicable;
    let found: &dyn Display = if counts.is_empty() { &"no findings" } else { &counts.join(", ") };
    let blind = run.rules.iter().all(|rule| rule.skipped.is_some() || rule.checked == 0);
    let mut words = match ran {
        _ if ran > 0 && blind && counts.is_empty() => "no findings, since no rule had a record to check".to_owned(),
        0 => "no rule ran, so nothing was checked".to_owned(),
        _ => format!("{found} in {}", Count(ran, "rule", "rules")),
    };
    if skipped > 0 {
        words.push_str(&format!("; {} skipped", Count(skipped, "rule", "rules")));
    }
    if inapplicable > 0 {
        words.push_str(&format!("; {} not apply", Count(inapplicable, "rule does", "rules do")));
    }
    if !run.incomplete.is_empty() {
        words.push_str("; the verdict is not complete");
    }
    words
}
