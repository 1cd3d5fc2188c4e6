//! What can be known of a schema before any person.
use super::Schema;
use crate::finding::Severity;
use crate::model::NounId;

/// Something that is so for every district that uses the schema.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// A stable code of lower-case words: `name-too-long`.
    pub code: &'static str,
    /// An error when no name can ever be right, a warning when some can't, information when it is only good to know.
    pub severity: Severity,
    /// The candidate that it is about; of the schema as a whole otherwise.
    pub candidate: Option<usize>,
    /// The field that it is about.
    pub field: Option<String>,
    /// One sentence, without a final stop.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Schema {
    /// What can be proved of the schema for records of `noun`.
    #[must_use]
    pub fn proofs(&self, _noun: NounId) -> Vec<Proof> {
        Vec::new()
    }
}
