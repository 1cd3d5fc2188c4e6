//! How reports are drawn: the width, the characters, the colours.
use crate::finding::Severity;
use miette::GraphicalTheme;

/// How the reader wants to see a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colour; nothing is ever said by colour alone.
    pub color: bool,
    /// For screen readers: sentences in place of boxes and tables.
    pub plain: bool,
    /// Whether the terminal can draw more than ASCII.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    /// What suits a file or a pipe: no colour, drawn in Unicode, 80 columns.
    fn default() -> Self {
        Style { color: false, plain: false, unicode: true, width: 80 }
    }
}

/// What a piece of text is, for its colour.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    /// Something of this severity.
    Of(Severity),
    /// The word before the advice.
    Help,
    /// A file.
    Link,
    /// Frames and what is only there for completeness.
    Dim,
    /// A heading.
    Strong,
    /// The n-th label of a record.
    Label(usize),
}

impl Style {
    /// The columns that text may take, however narrow the terminal says it is.
    pub(super) fn columns(&self) -> usize {
        self.width.max(40)
    }

    /// What stands for characters that were cut.
    pub(super) fn gap(&self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }

    /// Miette's theme for this style.
    pub(super) fn theme(&self) -> GraphicalTheme {
        match (self.unicode, self.color) {
            (true, true) => GraphicalTheme::unicode(),
            (true, false) => GraphicalTheme::unicode_nocolor(),
            (false, true) => GraphicalTheme::ascii(),
            (false, false) => GraphicalTheme::none(),
        }
    }

    /// The sign of a severity.
    pub(super) fn mark(&self, severity: Severity) -> String {
        let characters = self.theme().characters;
        match severity {
            Severity::Blocker | Severity::Error => characters.error,
            Severity::Warning => characters.warning,
            Severity::Info => characters.advice,
        }
    }

    /// A line that stands over others.
    #[must_use]
    pub fn heading(&self, words: &str) -> String {
        self.paint(Tone::Strong, words)
    }

    /// The text in the colour of its kind.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let styles = self.theme().styles;
        let style = match tone {
            Tone::Of(Severity::Blocker | Severity::Error) => styles.error,
            Tone::Of(Severity::Warning) => styles.warning,
            Tone::Of(Severity::Info) => styles.advice,
            Tone::Help => styles.help,
            Tone::Link => styles.link,
            Tone::Dim => styles.linum,
            Tone::Strong => styles.linum.remove_all_effects().bold(),
            Tone::Label(nth) => styles.highlights[nth % styles.highlights.len()],
        };
        style.style(text).to_string()
    }
}
