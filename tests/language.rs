//! The language as a table: a text, and the form that it has; and that no text breaks the parser or the checker.
use proptest::prelude::*;
use rollbook::finding::Mistakes;
use rollbook::language::check::Checker;
use rollbook::language::parse;
use rollbook::language::scope::Scope;
use rollbook::language::syntax::{Cond, Condition, Val, Value};
use rollbook::source::{Decoded, TextId};

fn verbatim(text: &str) -> Decoded {
    Decoded::verbatim(TextId(0), text, 0)
}

/// A condition with every operator before its operands, so that its shape shows.
fn shape(condition: &Condition) -> String {
    let all = |word: &str, terms: &[Condition]| format!("({word} {})", terms.iter().map(shape).collect::<Vec<_>>().join(" "));
    match &condition.value {
        Cond::And(terms) => all("and", terms),
        Cond::Or(terms) => all("or", terms),
        Cond::Not(inner) => format!("(not {})", shape(inner)),
        Cond::AtLeast(number, terms) => all(&format!("at-least-{}", number.value), terms),
        Cond::Changed(value) => format!("(changed {})", value_shape(value)),
        Cond::Supplied { noun, field, .. } => {
            format!("(supplied {}{})", noun.value, field.as_ref().map_or(String::new(), |field| format!(".{}", field.value)))
        }
        Cond::Compare(left, operator, right) => format!("({operator:?} {} {})", value_shape(left), value_shape(right)),
        Cond::Exactly(left, right) => format!("(exactly {} {})", value_shape(left), value_shape(right)),
        Cond::Is(value, class) => format!("(is {} {})", value_shape(value), class.value),
        Cond::In(value, items) => format!("(in {} [{}])", value_shape(value), items.iter().map(value_shape).collect::<Vec<_>>().join(" ")),
        Cond::InList(value, list) => format!("(in {} list:{})", value_shape(value), list.value),
        Cond::Text(value, test, other) => format!("({test:?} {} {})", value_shape(value), value_shape(other)),
        Cond::Matches(value, pattern) => format!("(matches {} {})", value_shape(value), pattern.text),
        Cond::Nearly(left, right) => format!("(nearly {} {})", value_shape(left), value_shape(right)),
        Cond::Similar(left, right, within) => format!("(similar {} {} {})", value_shape(left), value_shape(right), within.value),
    }
}

fn value_shape(value: &Value) -> String {
    match &value.value {
        Val::Field(variable, field) => format!("{}.{}", variable.value, field.value),
        Val::Header(variable, header) => format!("{}.\"{}\"", variable.value, header.value),
        Val::Name(name) => name.clone(),
        Val::Text(text) => format!("\"{text}\""),
        Val::Number(number) => number.to_string(),
        Val::Share(share) => format!("share:{share}"),
        Val::Range(from, to) => format!("{from}..{}", to.map_or(String::new(), |to| to.to_string())),
        Val::First(values) => format!("(either {})", values.iter().map(value_shape).collect::<Vec<_>>().join(" ")),
        Val::Flag(flag) => flag.to_string(),
        Val::Today => "today".into(),
        Val::Setting(name) => format!("setting:{}", name.value),
        Val::Count(clause) => format!("(count {})", clause.bindings.len()),
        Val::ShareOf(clause) => {
            format!("(share {}{})", clause.bindings.len(), if clause.among.is_some() { " of a part" } else { "" })
        }
        Val::Apply(inner, name, arguments) => {
            let arguments: String = arguments.iter().map(|argument| format!(" {}", value_shape(argument))).collect();
            format!("({}{arguments} {})", name.value, value_shape(inner))
        }
    }
}

#[test]
fn conditions_have_their_shape() {
    let table = [
        ("a.x = 1 or a.y = 2 and a.z = 3", "(or (Equal a.x 1) (and (Equal a.y 2) (Equal a.z 3)))"),
        ("a.x = 1 and a.y = 2 or a.z = 3", "(or (and (Equal a.x 1) (Equal a.y 2)) (Equal a.z 3))"),
        ("(a.x = 1 or a.y = 2) and a.z = 3", "(and (or (Equal a.x 1) (Equal a.y 2)) (Equal a.z 3))"),
        ("not a.x = 1 and a.y = 2", "(and (not (Equal a.x 1)) (Equal a.y 2))"),
        ("not not a.x = 1", "(Equal a.x 1)"),
        ("not (a.x = 1 or a.y = 2)", "(not (or (Equal a.x 1) (Equal a.y 2)))"),
        ("a.x not in [\"K\", \"1\"]", "(not (in a.x [\"K\" \"1\"]))"),
        ("a.x not in list kept", "(not (in a.x list:kept))"),
        ("a is not archived", "(not (is a archived))"),
        ("a.x is not missing", "(not (is a.x missing))"),
        ("a.x is exactly b.x", "(exactly a.x b.x)"),
        ("a.x is not exactly b.x", "(not (exactly a.x b.x))"),
        ("a.x | lower | first 1 = \"a\"", "(Equal (first 1 (lower a.x)) \"a\")"),
        ("a.x = b.y | before \"@\"", "(Equal a.x (before \"@\" b.y))"),
        ("a.x | replace \"-\" '' = 'q\"q'", "(Equal (replace \"-\" \"\" a.x) \"q\"q\")"),
        ("(a.x | trim) != b.\"Locker No\"", "(NotEqual (trim a.x) b.\"Locker No\")"),
        ("a.x matches /a\\/b\\d+/", "(matches a.x a/b\\d+)"),
        ("a.x matches /\\\\\\/x/", "(matches a.x \\\\/x)"),
        ("a.x starts with \"EX\" and a.y ends with 'z'", "(and (StartsWith a.x \"EX\") (EndsWith a.y \"z\"))"),
        ("a.x contains b.y", "(Contains a.x b.y)"),
        ("a.x nearly b.x", "(nearly a.x b.x)"),
        ("a.x similar to b.x within 92%", "(similar a.x b.x 0.92)"),
        ("at least 2 of (a.x = 1, a.y = 2, a is gone)", "(at-least-2 (Equal a.x 1) (Equal a.y 2) (is a gone))"),
        ("changed(a.x) and supplied(account.ref_id)", "(and (changed a.x) (supplied account.ref_id))"),
        ("count of (student s, account a where a.id = s.id) > 3", "(Greater (count 2) 3)"),
        ("share of (previous student p where p is gone) >= 10%", "(GreaterOrEqual (share 1) share:0.1)"),
        ("share of (student s among s.school_id = k.id where s is new) > 10%", "(Greater (share 1 of a part) share:0.1)"),
        ("count of (student s among s.x = 1) > 1", "refused"),
        ("a.day < today and a.n <= setting limit", "(and (Less a.day today) (LessOrEqual a.n setting:limit))"),
        ("orphan = 1 or android = 2", "(or (Equal orphan 1) (Equal android 2))"),
        ("a.x=1and a.y=2", "refused"),
        ("a.x = 1 a.y = 2", "refused"),
    ];
    for (text, expected) in table {
        let mut mistakes = Mistakes::default();
        let condition = parse::condition(&verbatim(text), &mut mistakes);
        let found = condition.filter(|_| mistakes.is_empty()).map_or_else(|| "refused".to_owned(), |condition| shape(&condition));
        assert_eq!(found, expected, "{text}");
    }
}

/// Words and signs of the language in any order find more than letters in any order.
fn salad() -> impl Strategy<Value = String> {
    let words = [
        "student s",
        "account a",
        "previous",
        "where",
        "s.username",
        "a.ref_id",
        "s.\"Locker No\"",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[",
        "]",
        ",",
        "=",
        "!=",
        "==",
        "<",
        ">=",
        "in",
        "list",
        "is",
        "missing",
        "exactly",
        "starts with",
        "matches",
        "/a[b/",
        "/\\d+/",
        "/",
        "similar to",
        "within",
        "0.9",
        "10%",
        "at least 2 of",
        "count of (",
        "share of (",
        "among",
        "changed(",
        "supplied(",
        "today",
        "setting x",
        "|",
        "first 2",
        "lower",
        "\"K\"",
        "\"",
        "'",
        "{",
        "}",
        "{{",
        "é",
        "🙂",
        "\n",
        "\t",
        "AND",
        "&&",
        "true",
        "-1",
        ".",
        "s",
        "gone",
    ];
    prop::collection::vec(proptest::sample::select(words.to_vec()), 0..16).prop_map(|words| words.join(" "))
}

fn survives(text: &str) {
    let decoded = verbatim(text);
    let mut mistakes = Mistakes::default();
    let scope = Scope::default();
    let clause = parse::clause(&decoded, &mut mistakes);
    let condition = parse::condition(&decoded, &mut mistakes);
    let template = parse::template(&decoded, &mut mistakes);
    parse::values(&decoded, &mut mistakes);
    let student = parse::clause(&verbatim("student s"), &mut Mistakes::default()).expect("a clause");
    for start in [Some(student), clause] {
        let Some(start) = start else { continue };
        let mut checker = Checker::new(&scope, &mut mistakes);
        checker.clause(&start, false);
        if let Some(condition) = &condition {
            checker.condition(condition);
        }
        if let Some(template) = &template {
            checker.template(template);
        }
    }
    for mistake in mistakes.sorted() {
        for label in &mistake.labels {
            let range = label.span.range();
            assert!(text.get(range.clone()).is_some(), "{range:?} is not in {text:?}: {mistake:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_the_language(text in prop_oneof![3 => salad(), 1 => any::<String>()]) {
        survives(&text);
    }
}

#[test]
fn deep_nesting_ends_in_a_mistake() {
    for (open, close) in [("(", ")"), ("not ", ""), ("not (", ")"), ("count of (student s where ", ") = 1")] {
        survives(&format!("{}s.id = \"1\"{}", open.repeat(5000), close.repeat(5000)));
    }
}

/// The examples of the grammar's page.
#[test]
fn every_example_of_the_grammar_parses() {
    let page = std::fs::read_to_string("grammar/GRAMMAR.md").expect("the page of the grammar");
    let (mut kind, mut seen) = ("", 0);
    for line in page.lines() {
        if let Some(fence) = line.strip_prefix("```") {
            kind = if kind.is_empty() { if fence.is_empty() { "none" } else { fence } } else { "" };
            continue;
        }
        let mut mistakes = Mistakes::default();
        let text = verbatim(line);
        let parsed = match kind {
            "clause" => parse::clause(&text, &mut mistakes).is_some(),
            "condition" => parse::condition(&text, &mut mistakes).is_some(),
            "template" => parse::template(&text, &mut mistakes).is_some(),
            _ => continue,
        };
        assert!(parsed && mistakes.is_empty(), "{kind}: {line}: {:?}", mistakes.sorted());
        seen += 1;
    }
    assert!(seen >= 50, "the page has {seen} examples");
}
