//! A finding as miette's diagnostic, with one related diagnostic per box.
use super::excerpt::Excerpt;
use super::style::Style;
use super::table;
use super::text::visible;
use crate::finding::{Finding, Severity};
use miette::{Diagnostic, LabeledSpan, SourceCode};
use std::fmt;

/// A finding, ready to be drawn.
#[derive(Debug)]
pub(super) struct FindingDiagnostic {
    code: String,
    severity: Severity,
    message: String,
    help: Option<String>,
    boxes: Vec<BoxDiagnostic>,
}

/// Records of one file, or a damaged place in it.
#[derive(Debug)]
pub(super) struct BoxDiagnostic {
    /// What closes the box; often nothing.
    pub(super) closing: String,
    /// The lines.
    pub(super) excerpt: Excerpt,
    /// The places in them.
    pub(super) labels: Vec<LabeledSpan>,
}

impl FindingDiagnostic {
    /// Lays out the finding for the width of the style.
    pub(super) fn new(finding: &Finding, style: &Style) -> Self {
        FindingDiagnostic {
            code: format!("{} ({})", finding.rule, finding.severity),
            severity: finding.severity,
            message: visible(&finding.message),
            help: finding.help.as_deref().map(visible),
            boxes: table::boxes(finding, style),
        }
    }
}

/// Miette knows no blockers; they are drawn as errors, and the word says the difference.
pub(super) fn severity(severity: Severity) -> miette::Severity {
    match severity {
        Severity::Blocker | Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Info => miette::Severity::Advice,
    }
}

impl fmt::Display for FindingDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FindingDiagnostic {}

impl Diagnostic for FindingDiagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(severity(self.severity))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.boxes.iter().map(|related| related as &dyn Diagnostic)))
    }
}

impl fmt::Display for BoxDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.closing)
    }
}

impl std::error::Error for BoxDiagnostic {}

impl Diagnostic for BoxDiagnostic {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
