//! The texts of packs and configurations, and places in them.
//!
//! Everything above reports with a [`Span`]; a span names its text, so nothing else has to travel with it.
mod decode;
mod encode;
mod sources;
mod span;

pub use decode::Decoded;
pub use encode::quoted;
pub use sources::Sources;
pub use span::{Span, Spanned, TextId};
