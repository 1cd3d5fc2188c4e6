//! The page of a message, in Markdown.
use super::file::PackFile;
use super::page::{one_line, sentence, sources};
use super::rule::{Message, Pack};
use std::fmt::Write as _;

/// The page of a message of a log.
#[must_use]
pub fn message_page(message: &Message, file: &PackFile) -> String {
    let mut page = String::new();
    let severity = message.severity.map_or("off", |severity| severity.word());
    let reference = &message.reference;
    let _ = writeln!(page, "## {}\n\n{} ({severity}, a message of a log)\n", message.id, sentence(&message.title));
    if let Some(why) = &reference.why {
        let _ = writeln!(page, "**Why it matters.** {}\n", one_line(why));
    }
    if let Some(help) = &reference.help {
        let _ = writeln!(page, "**What to do.** {}\n", one_line(help));
    }
    if !reference.vendor.is_empty() {
        let texts: Vec<String> = reference.vendor.iter().map(|text| format!("> {}", one_line(text))).collect();
        let _ = writeln!(page, "**What the vendor says.**\n\n{}\n", texts.join("\n>\n"));
    }
    for log in &reference.log {
        let _ = writeln!(page, "In a log: `{log}`\n");
    }
    let name = message.id.split_once('/').map_or(&*message.id, |(_, name)| name);
    if let Some(test) = file.log_tests.iter().find(|test| !test.rule && test.of.value == name && !test.expect.is_empty()) {
        let _ = writeln!(page, "**An example that it knows**: {}\n\n```\n{}\n```\n", test.setup.name, test.log.trim());
    }
    if !reference.covers.is_empty() {
        let _ = writeln!(page, "Catalogue: {}\n", reference.covers.join(", "));
    }
    sources(&reference.sources, &mut page);
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// The messages of a pack, as a table.
pub(super) fn table(pack: &Pack, text: &mut String) {
    if pack.messages.is_empty() {
        return;
    }
    text.push_str("\n| message of a log | severity | says |\n| --- | --- | --- |\n");
    for message in &pack.messages {
        let anchor: String = message.id.chars().filter(|letter| *letter != '/').collect();
        let severity = message.severity.map_or("off", |severity| severity.word());
        let _ = writeln!(text, "| [{}](#{anchor}) | {severity} | {} |", message.id, message.title.replace('|', "\\|"));
    }
}
