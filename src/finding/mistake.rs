//! A mistake in a pack, a layout or a configuration: something that a person wrote and can correct at its exact characters.
use super::Severity;
use crate::source::Span;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// A stable code of lower-case words: `unknown-field`.
    pub code: &'static str,
    /// [`Severity::Error`] stops the run, [`Severity::Warning`] does not.
    pub severity: Severity,
    /// One sentence: lower-case start, no final stop, user text in backticks.
    pub message: String,
    /// Where; the first is the place itself, more of them what it conflicts with.
    pub labels: Vec<Label>,
    /// What to do, in the imperative.
    pub help: Option<String>,
}

/// A place of a mistake, with a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The characters.
    pub span: Span,
    /// What of them; may be empty.
    pub text: String,
}

impl Mistake {
    /// An error at `span`, with a label under it.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Mistake { code, severity: Severity::Error, message: message.into(), labels: vec![Label { span, text: label.into() }], help: None }
    }

    /// The same, as a warning.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Mistake { severity: Severity::Warning, ..Mistake::error(code, span, message, label) }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds "did you mean", if there is something to say.
    #[must_use]
    pub fn meant(self, suggestion: Option<&str>) -> Self {
        match suggestion {
            Some(word) => self.help(format!("did you mean `{word}`?")),
            None => self,
        }
    }

    /// Adds "did you mean", or `otherwise` when nothing is near.
    #[must_use]
    pub fn meant_or(self, suggestion: Option<&str>, otherwise: impl Into<String>) -> Self {
        if suggestion.is_some() { self.meant(suggestion) } else { self.help(otherwise) }
    }

    /// Adds another place.
    #[must_use]
    pub fn and(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }
}

/// All mistakes of a run, so that one does not hide the next.
#[derive(Default, Debug)]
pub struct Mistakes {
    list: Vec<Mistake>,
}

impl Mistakes {
    /// Adds one.
    pub fn push(&mut self, mistake: Mistake) {
        self.list.push(mistake);
    }

    /// Adds those of another reader.
    pub fn append(&mut self, mut others: Mistakes) {
        self.list.append(&mut others.list);
    }

    /// Whether any of them stops the run.
    #[must_use]
    pub fn any_error(&self) -> bool {
        self.list.iter().any(|mistake| mistake.severity >= Severity::Error)
    }

    /// Whether any in that text stops the run.
    #[must_use]
    pub fn any_error_in(&self, text: crate::source::TextId) -> bool {
        let there = |mistake: &Mistake| mistake.labels.first().is_some_and(|label| label.span.text == text);
        self.list.iter().any(|mistake| mistake.severity >= Severity::Error && there(mistake))
    }

    /// All so far, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.list.iter()
    }

    /// Keeps those of which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&Mistake) -> bool) {
        self.list.retain(keep);
    }

    /// How many there are so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All, in the order of their places.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Mistake> {
        self.list.sort_by_key(|mistake| mistake.labels.first().map(|label| label.span));
        let mut told: Vec<Mistake> = Vec::with_capacity(self.list.len());
        for mistake in self.list {
            let place = |mistake: &Mistake| mistake.labels.first().map(|label| label.span);
            // A text that is checked for several nouns tells the same thing of each; others may stand between.
            if !told.iter().rev().take_while(|other| place(other) == place(&mistake)).any(|other| *other == mistake) {
                told.push(mistake);
            }
        }
        told
    }
}
