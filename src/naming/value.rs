//! The value of a part for one person, and whether its transliteration is good enough.
