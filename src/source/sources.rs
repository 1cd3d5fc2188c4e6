//! The texts themselves, owned in one place.
use super::{Span, TextId};
use std::sync::Arc;

/// All texts of a run: packs, layouts, the configuration.
#[derive(Default, Debug, Clone)]
pub struct Sources {
    texts: Vec<(Arc<str>, Arc<str>)>,
}

impl Sources {
    /// Adds a text under the name that reports show for it.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> TextId {
        self.texts.push((name.into(), text.into()));
        TextId(self.texts.len() as u32 - 1)
    }

    /// The name of a text, as reports show it.
    #[must_use]
    pub fn name(&self, text: TextId) -> &str {
        &self.texts[text.0 as usize].0
    }

    /// A whole text.
    #[must_use]
    pub fn text(&self, text: TextId) -> &str {
        &self.texts[text.0 as usize].1
    }

    /// The characters that a span covers.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.text).get(span.range()).unwrap_or("")
    }

    /// Line and column of a span's start, both from 1; columns count characters.
    #[must_use]
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let before = &self.text(span.text)[..span.start as usize];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}
