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
            mistakes.push(explain(entry, &error, text));
            None
        }
    }
}

fn explain(entry: Rule, error: &pest::error::Error<Rule>, text: &Decoded) -> Mistake {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let written = text.as_str();
    let template = entry == Rule::template_entry;
    if let Some(quote) = unclosed_quote(written, template) {
        let mistake = Mistake::error("syntax", text.locate(quote..quote + 1), "a text that is not closed", "opened here");
        return mistake.help("end the text with the same quote; a text in `\"` may hold `'`, and the other way round");
    }
    let rest = &written[at..];
    let found = token(rest);
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            let mut words: Vec<&str> = positives.iter().filter_map(|rule| symbol(*rule)).collect();
            words.sort_unstable();
            words.dedup();
            if words.contains(&"a value") {
                words.retain(|word| *word != "a pattern between slashes");
            }
            words
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    let ended = found.trim().is_empty();
    let span = if ended {
        let last = written.trim_end().char_indices().next_back().map_or(0..0, |(start, letter)| start..start + letter.len_utf8());
        text.locate(last)
    } else {
        let blank = found.len() - found.trim_start().len();
        text.locate(at + blank..at + found.len())
    };
    if ended && written.trim().is_empty() {
        let what = if entry == Rule::clause_entry {
            "a clause"
        } else if entry == Rule::condition_entry {
            "a condition"
        } else {
            "a value"
        };
        return Mistake::error("syntax", span, format!("{what} is missing here"), "empty").help(expected_help(&expected, template));
    }
    let what = if ended { "the end".to_owned() } else { format!("`{}`", found.trim()) };
    let comparison = expected.contains(&COMPARISON);
    let opened = unclosed(&written[..at]);
    let closes = opened.is_some_and(|(_, close)| expected.iter().any(|word| word.trim_matches('`') == close));
    let (message, label) = match expected.as_slice() {
        _ if closes && !comparison => (
            format!("expected `{}`, found {what}", opened.map_or("", |(_, close)| close)),
            if ended { "it ends here" } else { "not expected here" },
        ),
        [] => (format!("{what} is not expected here"), "not expected here"),
        _ if comparison => (format!("expected a comparison, found {what}"), if ended { "it ends here" } else { "not a comparison" }),
        words => {
            let shown: Vec<&str> = words.iter().copied().filter(|word| *word != "`|`" || words.len() == 1).collect();
            (format!("expected {}, found {what}", List(&shown, "or")), if ended { "it ends here" } else { "not expected here" })
        }
    };
    let mistake = Mistake::error("syntax", span, message, label).help(hint(found.trim(), &expected, &written[..at], rest, template));
    match opened {
        Some((open, _)) if closes => mistake.and(text.locate(open..open + 1), "opened here"),
        _ => mistake,
    }
}

const COMPARISON: &str = "`=` or another comparison";

/// A quote that nothing closes; in a template only those within braces count.
fn unclosed_quote(text: &str, template: bool) -> Option<usize> {
    let mut at = 0;
    let mut inside = !template;
    while let Some(letter) = text[at..].chars().next() {
        let next = at + letter.len_utf8();
        at = match letter {
            '{' | '}' if template => {
                inside = letter == '{';
                next
            }
            '"' | '\'' if inside => match text[next..].find(letter) {
                Some(length) => next + length + 1,
                None => return Some(at),
            },
            '/' if inside => end_of_pattern(text, next).unwrap_or(next),
            _ => next,
        };
    }
    None
}

/// The byte after the slash that ends the pattern which begins at `from`.
fn end_of_pattern(text: &str, from: usize) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text[from..].char_indices() {
        match letter {
            '/' if !escaped => return Some(from + at + 1),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// The innermost bracket in `text` that is not closed, and what would close it.
fn unclosed(text: &str) -> Option<(usize, &'static str)> {
    let mut open: Vec<(usize, &'static str)> = Vec::new();
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(ends), letter) if letter == ends => quote = None,
            (Some(_), _) => {}
            (None, '"') => quote = Some('"'),
            (None, '(') => open.push((at, ")")),
            (None, '[') => open.push((at, "]")),
            (None, '{') => open.push((at, "}")),
            (None, ')' | ']' | '}') => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}

/// What the writer probably wants, from the word that was found and the one before it.
fn hint(found: &str, expected: &[&str], before: &str, rest: &str, template: bool) -> String {
    let last = before.split_whitespace().next_back().unwrap_or("").to_ascii_lowercase();
    let clause = "a clause is a noun, a variable, and a `where`: `student s where s.grade = \"K\"`";
    let by_found = match found.to_ascii_lowercase().as_str() {
        "{" | "}" | "is" | "=" | "!=" | "<" | ">" if template && !expected.contains(&"`)`") => {
            Some("a template holds values, not conditions: `{s.username}`, `{s.email | lower}`, `{s.username or s.email}`")
        }
        "," if template => Some("give every value its own braces: `{s.id} {s.grade}`"),
        "like" => Some("patterns are `matches /.../`; parts of text are `starts with`, `ends with` or `contains`"),
        "has" | "includes" => Some("write `contains \"x\"`"),
        "equals" | "eq" => Some("write `=`"),
        "between" => Some("write `x >= 1 and x <= 5`"),
        "null" | "none" => Some("an empty cell is tested by `is missing`"),
        "select" | "from" | "join" => Some(clause),
        "when" | "if" => Some("the condition of a clause begins with `where`: `student s where s.grade = \"K\"`"),
        "among" => Some(
            "`among` says what the whole of a share is, before the `where`: `share of (student s among s.school_id = k.id where s is new)`",
        ),
        "with" | "without" => Some("`with` and `without` are keys of their own beside `each`"),
        "+" | "-" | "*" => Some("there is no arithmetic; counts and shares are `count of (...)` and `share of (...)`"),
        "{" | "}" if !template => Some("braces belong to templates; in a condition write the field alone: `s.username`"),
        ";" | "&" => Some("conditions are joined by `and` or `or`"),
        "“" | "”" | "„" | "‘" | "’" => Some("write straight quotes: `\"abc\"`"),
        ")" => Some("take it out, or open it before"),
        "where" if last == "where" => Some("write `where` once"),
        "(" if last == "in" => Some("a list stands in brackets: `in [\"K\", \"1\"]`"),
        "(" if last == "exists" => Some("write `count of (...) > 0`, or join the clause by `with`"),
        "(" if last != "of" && expected.contains(&COMPARISON) => Some("functions stand after the value: `s.username | lower`"),
        _ => None,
    };
    if let Some(known) = by_found {
        return known.to_owned();
    }
    if last == "is" {
        return format!(
            "values are compared by `=`: `= {}`; after `is` stands a class or a test such as `missing`",
            if found.is_empty() { "\"active\"" } else { found }
        );
    }
    if matches!(last.as_str(), "starts" | "ends") {
        return format!("write `{last} with`");
    }
    if expected.contains(&"`where`") {
        return match last.as_str() {
            "as" => "the variable stands right after the noun: `student s`".to_owned(),
            _ if before.split_whitespace().count() == 2 && rest.split_whitespace().count() == 1 => clause.to_owned(),
            _ => "several nouns are separated by `,`, and a condition begins with `where`: `student s, account a where a.id = s.id`"
                .to_owned(),
        };
    }
    expected_help(expected, template)
}

/// An example of what was expected.
fn expected_help(expected: &[&str], template: bool) -> String {
    let has = |word: &str| expected.contains(&word);
    let help = if has("a variable") {
        "every noun has a variable of its own: `student s`"
    } else if has("a noun") {
        "a clause is a noun, a variable, and a `where`: `student s where s.grade = \"K\"`"
    } else if has("`[`") {
        "write `in [\"K\", \"1\"]`, or `in list` and the name of a list"
    } else if has(COMPARISON) {
        "comparisons are `=`, `!=`, `<`, `>`, `in`, `is`, `starts with`, `ends with`, `contains`, `matches`, `nearly` and `similar to`"
    } else if has("`}`") {
        "a value ends with `}`; `{{` is a brace that is text"
    } else if has("`)`") {
        "close what was opened"
    } else if has("`]`") {
        "a list ends with `]`, and its values are separated by `,`"
    } else if template {
        "a value in braces is a field: `{s.username}`; `{{` is a brace that is text"
    } else if has("a condition") || has("a value") && has("`not`") {
        "a condition compares values, such as `s.grade = \"K\"` or `s.email is missing`"
    } else if has("a value") {
        "a value is a field `s.username`, a text `\"K\"`, a number, `today`, or `setting` and its name"
    } else if has("`(`") {
        "what is counted stands in parentheses: `count of (student s where s.grade = \"K\")`"
    } else if has("`and`") {
        "conditions are joined by `and` or `or`"
    } else {
        "docs/language.md has every form of clauses, conditions and templates"
    };
    help.to_owned()
}

/// The first token of `rest`, for a message.
fn token(rest: &str) -> &str {
    let rest_trimmed = rest.trim_start();
    let Some(first) = rest_trimmed.chars().next() else { return "" };
    let word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    let quoted = matches!(first, '"' | '\'').then(|| rest_trimmed[1..].find(first)).flatten();
    let length = if let Some(quoted) = quoted {
        quoted + 2
    } else if word(first) {
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
        Rule::clause_entry | Rule::clause | Rule::portion | Rule::binding | Rule::noun => "a noun",
        Rule::condition_entry | Rule::among | Rule::condition | Rule::conjunction | Rule::negation | Rule::test => "a condition",
        Rule::values_entry | Rule::value | Rule::hole_value | Rule::primary => "a value",
        Rule::template_entry | Rule::literal => "text",
        Rule::variable => "a variable",
        Rule::compare | Rule::operator => COMPARISON,
        Rule::is_test | Rule::kw_is => "`is`",
        Rule::exactly | Rule::kw_exactly | Rule::class => "a class or `missing`, `present`, `valid`",
        Rule::in_test | Rule::kw_in => "`in`",
        Rule::list | Rule::open_list => "`[`",
        Rule::named_list | Rule::kw_list => "`list`",
        Rule::list_name => "the name of a list",
        Rule::matches | Rule::kw_matches => "`matches`",
        Rule::nearly | Rule::kw_nearly => "`nearly`",
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
        Rule::number | Rule::range | Rule::percent => "a number",
        Rule::comma => "`,`",
        Rule::dot => "`.`",
        Rule::pipe => "`|`",
        Rule::open | Rule::group | Rule::value_group | Rule::either => "`(`",
        Rule::close => "`)`",
        Rule::close_list => "`]`",
        Rule::close_hole => "`}`",
        Rule::and => "`and`",
        Rule::or => "`or`",
        Rule::kw_where => "`where`",
        Rule::kw_among => "`among`",
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
        | Rule::kw_proposed
        | Rule::kw_earlier
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
