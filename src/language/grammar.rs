//! The pest grammar, and the words for its rules. The only place that names pest.
use crate::finding::{List, Mistake, Mistakes};
use crate::source::Decoded;
use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

#[derive(pest_derive::Parser)]
#[grammar = "grammar/rules.pest"]
struct Grammar;

/// A node of pest's tree.
pub(super) type Pair<'i> = pest::iterators::Pair<'i, Rule>;

/// Parses `text` from an entry point; a syntax error goes to `mistakes`.
pub(super) fn parse<'i>(entry: Rule, text: &'i Decoded, mistakes: &mut Mistakes) -> Option<Pair<'i>> {
    match Grammar::parse(entry, text.as_str()) {
        Ok(mut pairs) => pairs.next(),
        Err(error) => {
            mistakes.push(explain(&error, text));
            None
        }
    }
}

fn explain(error: &pest::error::Error<Rule>, text: &Decoded) -> Mistake {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let rest = &text.as_str()[at..];
    let found = token(rest);
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            let mut words: Vec<&str> = positives.iter().filter_map(|rule| symbol(*rule)).collect();
            words.sort_unstable();
            words.dedup();
            words
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    let span = if found.is_empty() {
        let last = text.as_str().trim_end().char_indices().next_back().map_or(0..0, |(start, letter)| start..start + letter.len_utf8());
        text.locate(last)
    } else {
        text.locate(at..at + found.len())
    };
    let ended = found.is_empty();
    let what = if ended { "the end".to_owned() } else { format!("`{found}`") };
    let message = match expected.as_slice() {
        [] => format!("{what} is not expected here"),
        words if words.len() <= 6 => format!("expected {}, found {what}", List(words, "or")),
        _ => format!("expected a condition or more of this one, found {what}"),
    };
    let label = if ended { "it ends here" } else { "not expected here" };
    Mistake::error("syntax", span, message, label).help(hint(found, &expected, rest))
}

/// What the writer probably wants, from the word that was found.
fn hint(found: &str, expected: &[&str], rest: &str) -> String {
    let known = match found.to_ascii_lowercase().as_str() {
        "like" => Some("patterns are `matches /.../`; parts of text are `starts with`, `ends with` or `contains`"),
        "between" => Some("write `x >= 1 and x <= 5`"),
        "null" | "none" => Some("an empty cell is tested by `is missing`"),
        "select" | "from" | "join" => Some("a clause is a noun, a variable, and a `where`: `student s where s.grade = \"K\"`"),
        "+" | "-" | "*" => Some("there is no arithmetic; counts and shares are `count of (...)` and `share of (...)`"),
        "{" | "}" => Some("braces belong to templates; in a condition write the field alone: `s.username`"),
        _ => None,
    };
    if let Some(known) = known {
        known.to_owned()
    } else if expected.contains(&"a variable") {
        "every noun has a variable of its own: `student s`".to_owned()
    } else if expected.contains(&"`(`") && rest.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        "the clause that is counted stands in parentheses: `count of (student s where s.grade = \"K\")`".to_owned()
    } else {
        "docs/language.md has every form of clauses, conditions and templates".to_owned()
    }
}

/// The first token of `rest`, for a message.
fn token(rest: &str) -> &str {
    let rest_trimmed = rest.trim_start();
    let Some(first) = rest_trimmed.chars().next() else { return "" };
    let word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    let length = if word(first) {
        rest_trimmed.find(|letter| !word(letter)).unwrap_or(rest_trimmed.len())
    } else {
        first.len_utf8()
    };
    if rest_trimmed.len() == rest.len() { &rest[..length] } else { &rest[..rest.len() - rest_trimmed.len() + length] }
}

/// The word for a rule when a message says that it was expected; `None` for what would only lengthen the list.
///
/// Exhaustive, so that a new rule does not compile until it is named.
fn symbol(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::clause_entry | Rule::clause | Rule::binding | Rule::noun => "a noun",
        Rule::condition_entry | Rule::condition | Rule::conjunction | Rule::negation | Rule::test => "a condition",
        Rule::values_entry | Rule::value | Rule::primary => "a value",
        Rule::template_entry | Rule::literal => "text",
        Rule::variable => "a variable",
        Rule::compare | Rule::operator => "`=` or another comparison",
        Rule::is_test | Rule::kw_is => "`is`",
        Rule::exactly | Rule::kw_exactly | Rule::class => "a class or `missing`, `present`, `valid`",
        Rule::in_test | Rule::kw_in => "`in`",
        Rule::list | Rule::open_list => "`[`",
        Rule::named_list | Rule::kw_list => "`list`",
        Rule::list_name => "the name of a list",
        Rule::matches | Rule::kw_matches => "`matches`",
        Rule::similar | Rule::kw_similar => "`similar to`",
        Rule::text_test | Rule::kw_starts => "`starts with`",
        Rule::kw_ends => "`ends with`",
        Rule::kw_contains => "`contains`",
        Rule::regex => "a pattern between slashes",
        Rule::setting_name => "the name of a setting",
        Rule::field | Rule::name => "a field",
        Rule::field_name => "the name of a field",
        Rule::header => "a header in quotes",
        Rule::function | Rule::function_name => "a function",
        Rule::string => "a text in quotes",
        Rule::number | Rule::percent => "a number",
        Rule::comma => "`,`",
        Rule::dot => "`.`",
        Rule::pipe => "`|`",
        Rule::open | Rule::group | Rule::value_group => "`(`",
        Rule::close => "`)`",
        Rule::close_list => "`]`",
        Rule::close_hole => "`}`",
        Rule::and => "`and`",
        Rule::or => "`or`",
        Rule::kw_where => "`where`",
        Rule::kw_least => "`least`",
        Rule::kw_of => "`of`",
        Rule::kw_with => "`with`",
        Rule::kw_to => "`to`",
        Rule::kw_within => "`within`",
        Rule::EOI => "the end",
        Rule::not
        | Rule::at_least
        | Rule::changed
        | Rule::supplied
        | Rule::counted
        | Rule::setting
        | Rule::flag
        | Rule::hole
        | Rule::open_hole
        | Rule::escaped_open
        | Rule::escaped_close
        | Rule::stray_close
        | Rule::unclosed_string
        | Rule::unclosed_regex
        | Rule::kw_previous
        | Rule::kw_at
        | Rule::kw_changed
        | Rule::kw_supplied
        | Rule::kw_today
        | Rule::kw_setting
        | Rule::kw_count
        | Rule::kw_share
        | Rule::word
        | Rule::word_part
        | Rule::reserved
        | Rule::WHITESPACE => return None,
    })
}
