//! Snapshots: what comparing needs of one day's data, in a zip of CSV files in the plain layout, with a manifest that says what is there and proves it whole.
mod key;
mod manifest;
mod read;
mod resolve;
mod survey;
mod write;

pub use key::SnapshotKey;
pub use manifest::{MadeFrom, Manifest, Member};
pub use read::{is_snapshot, is_snapshot_name, snapshot_at};
pub(super) use survey::Snapshots;
pub use write::{KeepOptions, Kept};

use crate::model::{Epoch, FieldRef, NounId, Type};

/// A field that is tested for equality as a value of a type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Compared {
    /// Its noun.
    pub noun: NounId,
    /// Where it is read from.
    pub epoch: Epoch,
    /// The field.
    pub field: FieldRef,
    /// The type whose keys are compared.
    pub kind: Type,
}
