//! Pages of the reference, which are written in Markdown for the web, as text for a terminal.
use super::style::{Style, Tone};
use super::text::{hang, wrap};

/// Draws a page: headings and labels stand out, text is wrapped and set below its label, blocks of code are indented, links show their address.
#[must_use]
pub fn page(markdown: &str, style: &Style) -> String {
    let mut text = String::new();
    let mut code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            code = !code;
        } else if code {
            text.push_str(&format!("{}\n", format!("  {line}").trim_end()));
        } else {
            draw(&mut text, line, style);
        }
    }
    text
}

fn draw(text: &mut String, line: &str, style: &Style) {
    let columns = style.columns();
    if line.is_empty() {
        text.push('\n');
    } else if let Some(title) = line.strip_prefix("## ") {
        text.push_str(&style.heading(title));
        text.push('\n');
    } else if let Some((label, rest)) = labelled(line) {
        // What goes on after the label's colon belongs to it: `An example: two brothers`.
        let (same_line, below) = match rest.strip_prefix(':') {
            Some(name) => (format!(":{}", inline(name)), ""),
            None => (String::new(), rest),
        };
        let lines = wrap(&format!("{}{same_line}", label.trim_end_matches('.')), columns);
        lines.iter().for_each(|line| text.push_str(&format!("{}\n", style.paint(Tone::Strong, line))));
        wrap(&inline(below.trim()), columns - 2)
            .iter()
            .filter(|line| !line.is_empty())
            .for_each(|line| text.push_str(&format!("  {line}\n")));
    } else if let Some(item) = line.strip_prefix("- ") {
        text.push_str(&hang("  - ", 4, &inline(item), columns));
    } else if let Some(quote) = line.strip_prefix('>') {
        let bar = if style.plain {
            ""
        } else if style.unicode {
            "│ "
        } else {
            "| "
        };
        let quote = inline(quote.trim());
        wrap(&quote, columns - 4).iter().for_each(|line| text.push_str(&format!("{}\n", format!("  {bar}{line}").trim_end())));
    } else {
        wrap(&inline(line), columns).iter().for_each(|line| text.push_str(&format!("{line}\n")));
    }
}

/// A line that begins with words in bold, and what follows them.
fn labelled(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("**")?.split_once("**")
}

/// Links as their words and address, and no signs of emphasis.
fn inline(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        let link = rest[start + 1..].split_once("](").and_then(|(words, after)| Some((words, after.split_once(')')?)));
        // Between back quotes brackets are what they are.
        let code = (plain.matches('`').count() + rest[..start].matches('`').count()) % 2 == 1;
        let Some((words, (address, after))) = link.filter(|(words, _)| !code && !words.contains(['[', ']'])) else {
            plain.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        };
        plain.push_str(&rest[..start]);
        // A link within the page leads nowhere on a terminal.
        plain.push_str(&if address.starts_with('#') { words.to_owned() } else { format!("{words}, {address}") });
        rest = after;
    }
    plain.push_str(rest);
    plain.replace("**", "")
}
