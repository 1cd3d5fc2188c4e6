//! Text that fits: display width, wrapping, cutting, and characters that must not reach a terminal as they are.
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that a text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// How a character is shown when it would be invisible, or would take hold of the terminal: `\n`, `<U+202E>`.
pub(super) fn stand_in(c: char) -> Option<String> {
    match c {
        '\n' => Some("\\n".to_owned()),
        '\r' => Some("\\r".to_owned()),
        '\t' => Some("\\t".to_owned()),
        // No-break and zero-width spaces, soft hyphens, and what reorders text: they make two values differ that look alike.
        '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202f}' => Some(code(c)),
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => Some(code(c)),
        _ if c.is_control() => Some(code(c)),
        _ => None,
    }
}

fn code(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// The text with everything visible.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match stand_in(c) {
            Some(word) => shown.push_str(&word),
            None => shown.push(c),
        }
    }
    shown
}

/// The text with its middle replaced by `gap`, so that it takes at most `room` columns; its ends tell most values apart.
pub(super) fn cut_middle(text: &str, room: usize, gap: &str) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let left = room.saturating_sub(width(gap));
    let tail_room = left / 2;
    let head = take(text.chars(), left - tail_room);
    let tail: String = take(text.chars().rev(), tail_room).chars().rev().collect();
    format!("{head}{gap}{}", tail.trim_start_matches(|c: char| c.width() == Some(0)))
}

fn take(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut taken = String::new();
    let mut used = 0;
    for c in chars {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        taken.push(c);
    }
    taken
}

/// The text followed by blanks up to `room` columns.
pub(super) fn pad(text: &str, room: usize) -> String {
    format!("{text}{}", " ".repeat(room.saturating_sub(width(text))))
}

/// The text preceded by blanks up to `room` columns.
pub(super) fn pad_left(text: &str, room: usize) -> String {
    format!("{}{text}", " ".repeat(room.saturating_sub(width(text))))
}

/// The text in lines of at most `room` columns, broken between words; an address is never broken, so that it can be followed.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(10);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let joined = if line.is_empty() { width(word) } else { width(&line) + 1 + width(word) };
        if joined <= room {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        while width(rest) > room && !rest.contains("://") {
            let head = take(rest.chars(), room);
            // A single character is never wider than the ten columns that there are at least.
            rest = &rest[head.len()..];
            lines.push(head);
        }
        line.push_str(rest);
    }
    lines.push(line);
    lines
}

/// Wrapped text behind a first indent and one of the same width for the other lines, each line ended.
pub(super) fn hang(first: &str, indent: usize, text: &str, columns: usize) -> String {
    let mut hung = String::new();
    for (at, line) in wrap(text, columns.saturating_sub(indent)).iter().enumerate() {
        match at {
            0 => hung.push_str(first),
            _ => hung.push_str(&" ".repeat(indent)),
        }
        hung.push_str(line);
        hung.push('\n');
    }
    hung
}
