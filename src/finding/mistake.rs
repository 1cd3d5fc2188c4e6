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

    /// Whether any of them stops the run.
    #[must_use]
    pub fn any_error(&self) -> bool {
        self.list.iter().any(|mistake| mistake.severity >= Severity::Error)
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
        self.list.dedup();
        self.list
    }
}
