//! What equality means.
use rollbook::model::{Type, fold};

#[test]
fn values_are_equal_when_their_keys_are() {
    assert_eq!(fold(Type::Login, "JSmith07 ").as_deref(), Some("jsmith07"));
    assert_eq!(fold(Type::Name, "O'Brien-Muñoz").as_deref(), Some("obrien munoz"));
    assert_eq!(fold(Type::Grade, "KG"), fold(Type::Grade, "Kindergarten"));
    assert_eq!(fold(Type::Date, "9/1/2026"), fold(Type::Date, "2026-09-01"));
    assert_eq!(fold(Type::Phone, "1 (415) 555-0100"), fold(Type::Phone, "415.555.0100"));
    assert_ne!(fold(Type::Id, "a1"), fold(Type::Id, "A1"));
}

#[test]
fn what_is_no_value_of_its_type_has_no_key() {
    assert_eq!(fold(Type::Date, "tomorrow"), None);
    assert_eq!(fold(Type::Grade, "a few"), None);
}
