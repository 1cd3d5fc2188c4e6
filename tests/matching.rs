//! Whether two records are one person: what is nearly equal, who is told apart, and laws that hold for all.
#[path = "matching/laws.rs"]
mod laws;
#[path = "matching/near.rs"]
mod near;
#[path = "matching/people.rs"]
mod people;
