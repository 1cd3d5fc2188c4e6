//! Days, in the ways that rosters write them.
use jiff::civil::Date;

/// A day, as days since 1970-01-01.
pub type Day = i32;

/// Reads `2026-09-01`, `09/01/2026` or `9/1/2026`, month first; a time of day after `T` or a space is ignored.
///
/// The two forms are those that Clever's file format and OneRoster document.
#[must_use]
pub fn day(text: &str) -> Option<Day> {
    let text = text.trim();
    let text = text.split(['T', ' ']).next()?;
    let (year, month, day) = if let Some((month, rest)) = text.split_once('/') {
        let (day, year) = rest.split_once('/')?;
        (year, month, day)
    } else {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        (year, month, day)
    };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i16>().ok()).flatten();
    let narrow = |part: &str| number(part).and_then(|value| i8::try_from(value).ok());
    let date = Date::new(number(year)?, narrow(month)?, narrow(day)?).ok()?;
    let epoch = Date::constant(1970, 1, 1);
    date.since(epoch).ok().map(|span| span.get_days())
}

/// A day as `2026-09-01`; a day that no calendar has, as nothing.
#[must_use]
pub fn iso(day: Day) -> String {
    let date = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(day));
    date.map(|date| date.to_string()).unwrap_or_default()
}
