//! A finding as a block of text, and the line that closes the findings of a rule.
use super::diagnostic::FindingDiagnostic;
use super::handler::{DataHandler, Drawn};
use super::plain;
use super::style::{Style, Tone};
use super::text::{hang, pad_left, visible, width};
use crate::finding::{Count, Finding, Hanging};

/// A finding, as several lines: what, where, what to do, what hangs on it.
#[must_use]
pub fn finding(finding: &Finding, style: &Style) -> String {
    if style.plain {
        return plain::finding(finding);
    }
    let diagnostic = FindingDiagnostic::new(finding, style);
    let mut text = Drawn(&DataHandler(*style), &diagnostic).to_string();
    text.push_str(&hanging(&finding.hanging, style));
    text
}

fn hanging(list: &[Hanging], style: &Style) -> String {
    let head = format!("  {} ", style.paint(Tone::Help, "hangs on it:"));
    match list {
        [] => String::new(),
        [one] => hang(&head, 15, &format!("{} of {}: {}", findings(one.count), one.rule, visible(&one.title)), style.columns()),
        _ => {
            let all = list.iter().map(|one| one.count).sum();
            let mut text = format!("{head}{}\n", findings(all));
            let widest = list.iter().map(|one| width(&Count::grouped(one.count))).max().unwrap_or(0);
            for one in list {
                let number = pad_left(&Count::grouped(one.count), widest);
                text.push_str(&hang(
                    &format!("    {number} "),
                    widest + 5,
                    &format!("{}: {}", one.rule, visible(&one.title)),
                    style.columns(),
                ));
            }
            text
        }
    }
}

fn findings(count: u64) -> String {
    Count(count, "finding", "findings").to_string()
}

/// The line after the last finding shown of a rule, of `total` that it has; empty when all were shown.
///
/// `consequences` of the total hang on findings of other rules, and are counted there.
#[must_use]
pub fn rule_tail(rule: &str, shown: u64, total: u64, consequences: u64, style: &Style) -> String {
    let hidden = total.saturating_sub(shown);
    if hidden == 0 {
        return String::new();
    }
    let hang = if consequences == 1 { "hangs on a finding of another rule" } else { "hang on findings of other rules" };
    let number = Count::grouped;
    let line = if shown == 0 && consequences >= total {
        format!("{rule}: {}, {}{hang}", findings(total), if total == 1 { "which " } else { "which all " })
    } else {
        if shown > 0 && hidden == consequences && !style.plain {
            let hangs = if hidden == 1 { "hangs on a finding of another rule" } else { "hang on findings of other rules" };
            return format!("{}\n", style.paint(Tone::Dim, &format!("... and {} that {hangs} ({} in all)", number(hidden), number(total))));
        }
        let note = if consequences > 0 { format!("; {} of them {hang}", number(consequences)) } else { String::new() };
        let lead = if shown == 0 { findings(total) } else { format!("and {} more ({} in all{note})", number(hidden), number(total)) };
        let note = if shown == 0 { note.as_str() } else { "" };
        if style.plain || shown == 0 { format!("{rule}: {lead}{note}") } else { format!("... {lead}{note}") }
    };
    format!("{}\n", style.paint(Tone::Dim, &line))
}
