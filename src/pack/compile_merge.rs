//! Merges, checked: which records are compared, by what they are held to be one; and the rules that tell what they find.
use super::compile::Overrides;
use super::file::PackFile;
use super::file_merge::{MergeFile, MergeTest};
use super::merge::{Keep, Merge, OTHER, Part, Proof};
use super::naming::{Way, students, way};
use super::rule::{Body, Grouping, Reference, Rule, Shape, Variant};
use crate::finding::{Mistake, Mistakes, Severity, suggestion};
use crate::language::check::Checker;
use crate::language::form::{Binding, Column, Cond, Expr, Piece, Side, Slot, Template};
use crate::language::scope::Scope;
use crate::language::syntax::Condition;
use crate::model::{Epoch, FieldId, FieldRef, Type};
use crate::source::{Sources, Span, Spanned};
use std::sync::Arc;

/// Checks the merges of a pack and their tests; the rules that tell what they find join `rules`.
pub(super) fn merges(
    file: &PackFile,
    scope: &Scope,
    (overrides, sources): (&Overrides, &Sources),
    rules: &mut Vec<Rule>,
    mistakes: &mut Mistakes,
) -> Vec<Arc<Merge>> {
    let mut merges: Vec<Arc<Merge>> = Vec::new();
    for (nth, written) in file.merges.iter().enumerate() {
        let name = &written.name;
        let taken = file.merges[..nth].iter().find(|other| other.name.value == name.value).map(|other| ("merge", &other.name));
        let of_rule =
            |rule: &&super::file::RuleFile| Part::ALL.iter().any(|part| rule.name.value == format!("{}{}", name.value, part.suffix()));
        if let Some((what, other)) = taken.or_else(|| file.rules.iter().find(of_rule).map(|rule| ("rule", &rule.name))) {
            let message = format!("a {what} has the name `{}`, and what a merge finds is told under its name", other.value);
            let mistake = Mistake::error("duplicate-name", name.span, message, "taken").and(other.span, "here");
            mistakes.push(mistake.help("give one of them another name"));
            continue;
        }
        let mut compiler = MergeCompiler { file, scope, sources, overrides, comparisons: Vec::new(), mistakes: &mut *mistakes };
        if let Some(merge) = compiler.merge(written) {
            let merge = Arc::new(merge);
            for part in Part::ALL {
                rules.extend(compiler.rule(written, &merge, part));
            }
            merges.push(merge);
        }
    }
    for test in &file.merge_tests {
        check_test(test, file, &merges, scope, mistakes);
    }
    merges
}

struct MergeCompiler<'a> {
    file: &'a PackFile,
    scope: &'a Scope,
    sources: &'a Sources,
    overrides: &'a Overrides,
    comparisons: Vec<(Span, &'static str)>,
    mistakes: &'a mut Mistakes,
}

impl MergeCompiler<'_> {
    fn merge(&mut self, file: &MergeFile) -> Option<Merge> {
        let of = file.of.as_ref()?;
        let mut checker = Checker::new(self.scope, self.mistakes);
        let clause = checker.clause(of, false)?;
        if let Some(second) = of.bindings.get(1) {
            let mistake = Mistake::error("wrong-kind", second.span, "a merge is of the records of one noun", "another noun");
            self.mistakes.push(
                mistake.help("ask for the other by a count: 'contact c where count of (guardianship g where g.contact_id = c.id) > 0'"),
            );
            return None;
        }
        let record = checker.frame[0].clone();
        if record.epoch != Epoch::Today {
            let mistake = Mistake::error("wrong-kind", of.bindings[0].span, "the record that survives is one of today's", "not of today");
            self.mistakes.push(mistake.help(format!(
                "write '{} {}', and the other epoch under `compare`",
                record.noun.get().name,
                record.name
            )));
            return None;
        }
        let keeps = checker.columns(&file.keeps);
        let shared = checker.columns(&file.shared);
        self.comparisons.append(&mut checker.comparisons);
        let frame = std::mem::take(&mut checker.frame);
        let (other, compare) = self.compare(file, &record)?;
        let shared: Vec<Column> = shared?;
        let same = self.proofs(&file.same, "same", &record, &other);
        for ((condition, _), proof) in file.same.iter().zip(same.iter().flatten()) {
            if !shared.is_empty() && proof.condition.slots().contains(&OTHER) && !personal(&proof.condition, &shared) {
                let mistake = Mistake::error("household", condition.span, "this is true of a whole household", "nothing of one person");
                self.mistakes
                    .push(mistake.help(
                        "add what tells the members of a household apart, such as a first name; what stands under `shared` does not",
                    ));
            }
        }
        let likely = self.proofs(&file.likely, "likely", &record, &other);
        let never = self.proofs(&file.never, "never", &record, &other);
        self.two_sides(file, &record, &other);
        let names: Vec<String> = shared.iter().map(|column| field_of(column, record.noun)).collect();
        let score = match &file.score {
            Some(score) => Some(super::score::check(score, record.noun, &names, self.mistakes)?),
            None => None,
        };
        let nicknames = score.as_ref().map(|_| self.scope.nicknames());
        let values: Vec<Option<(FieldId, Keep)>> =
            file.values.iter().map(|(name, keep)| Some((self.field(name, &record)?, *keep))).collect();
        let collects = match &file.collects {
            Some(collects) => Some(students(self.scope, collects, &record, self.mistakes)?),
            None => None,
        };
        Some(Merge {
            id: format!("{}/{}", self.file.name.value, file.name.value).into(),
            title: file.title.clone().unwrap_or_else(|| file.name.value.replace('-', " ")),
            frame,
            of: clause,
            compare,
            same: same?,
            likely: likely?,
            never: never?,
            score,
            shared,
            nicknames,
            common: file.common,
            one_to_one: file.one_to_one.is_some(),
            present: file.present.is_some(),
            keeps: keeps?,
            values: values.into_iter().collect::<Option<_>>()?,
            collects,
            text: file.text.clone(),
            span: file.span,
            record,
            other,
        })
    }

    /// The ways to the other record, which is the last noun of each clause, under one name.
    fn compare(&mut self, file: &MergeFile, record: &Binding) -> Option<(Binding, Vec<Way>)> {
        let mut other: Option<(Binding, Span)> = None;
        let mut ways = Vec::new();
        for clause in &file.compare {
            let Some((frame, form)) = way(self.scope, clause, record, self.mistakes) else { continue };
            let (Some(slot), Some(written)) = (form.slots.last().copied(), clause.bindings.last()) else { continue };
            let found = &frame[slot.0 as usize];
            if found.noun != record.noun || matches!(found.epoch, Epoch::Proposed | Epoch::Earlier) {
                let noun = record.noun.get().name;
                let message = format!("a clause of `compare` ends with the other {noun}, not with {}", found.noun.get().name);
                let mistake = Mistake::error("wrong-kind", written.span, message, format!("not a {noun}"));
                self.mistakes.push(mistake.help(format!("let the last noun be the other record: '..., {noun} d where ...'")));
                continue;
            }
            if let Some((first, span)) = &other
                && first != found
            {
                let message = "the other record has one name and one epoch in all clauses of `compare`";
                let mistake = Mistake::error("wrong-variable", written.span, message, "another one").and(*span, "as here");
                self.mistakes.push(mistake.help(format!("write '{}{} {}' here too", first.epoch, first.noun.get().name, first.name)));
                continue;
            }
            other.get_or_insert_with(|| (found.clone(), written.span));
            let end = Column { slot, expr: Arc::new(Expr::Field(FieldRef::Field(FieldId(0)))), kind: Type::Id };
            ways.push(Way { frame, clause: form, end });
        }
        (ways.len() == file.compare.len()).then_some(())?;
        Some((other?.0, ways))
    }

    fn proofs(&mut self, written: &[(Condition, String)], key: &str, record: &Binding, other: &Binding) -> Option<Vec<Proof>> {
        let mut proofs = Vec::new();
        for (condition, text) in written {
            let before = self.mistakes.len();
            let mut checker = Checker::new(self.scope, self.mistakes);
            checker.lend(record);
            checker.lend(other);
            let form = checker.condition(condition);
            self.comparisons.append(&mut checker.comparisons);
            let frame = std::mem::take(&mut checker.frame);
            if self.mistakes.len() == before && !form.slots().contains(&OTHER) {
                let (c, d) = (&record.name, &other.name);
                let mistake = Mistake::error("wrong-kind", condition.span, format!("this says nothing of `{d}`"), "about one record alone");
                self.mistakes.push(mistake.help(format!(
                    "a condition under `{key}` is about both: '{c}.email = {d}.email'; what is asked of one stands under `of`"
                )));
            }
            proofs.push(Proof { text: text.clone(), frame, condition: form });
        }
        Some(proofs)
    }

    /// Partners are of two kinds; of one kind, several records may be one.
    fn two_sides(&mut self, file: &MergeFile, record: &Binding, other: &Binding) {
        let asks = file.of.as_ref().is_some_and(|of| of.condition.is_some());
        if let Some(span) = file.one_to_one
            && record.epoch == other.epoch
            && !asks
        {
            let mistake = Mistake::error(
                "wrong-kind",
                span,
                "partners are of two kinds, and nothing tells them apart here",
                "which is on which side?",
            );
            self.mistakes.push(mistake.help(
                "let `of` say which records are on the one side, and `compare` those on the other: 'account c where c is exception'",
            ));
        }
        if let Some(span) = file.present
            && record.epoch == other.epoch
        {
            let message = "two records of one snapshot are compared here, and `present` would forbid every pair";
            let help =
                format!("compare with the other snapshot, 'previous {} {}', or take `present` out", other.noun.get().name, other.name);
            self.mistakes.push(Mistake::error("wrong-kind", span, message, "forbids all").help(help));
        }
        if record.epoch != other.epoch && file.one_to_one.is_none() {
            let message = format!(
                "a record of today has one predecessor at most: a merge with `{} {}` is one to one",
                other.epoch,
                other.noun.get().name
            );
            let mistake = Mistake::error("wrong-kind", file.name.span, message, "not one to one");
            self.mistakes.push(mistake.help("write `one_to_one = true`"));
        }
    }

    fn field(&mut self, name: &Spanned<String>, record: &Binding) -> Option<FieldId> {
        let noun = record.noun;
        let found = noun.field(&name.value);
        if found.is_none() {
            let near = suggestion(&name.value, noun.get().fields.iter().map(|field| field.name));
            let mistake =
                Mistake::error("unknown-field", name.span, format!("no field `{}` of {}", name.value, noun.get().name), "unknown field");
            self.mistakes.push(mistake.meant_or(near, "`rollbook list nouns` prints the fields"));
        }
        found
    }

    /// The rule that tells a part of what a merge finds.
    fn rule(&mut self, file: &MergeFile, merge: &Arc<Merge>, part: Part) -> Option<Rule> {
        if part == Part::Likely && merge.likely.is_empty() && merge.score.is_none() && !merge.one_to_one {
            return None;
        }
        let mut quiet = Mistakes::default();
        let mistakes = if part == Part::Same { &mut *self.mistakes } else { &mut quiet };
        let mut checker = Checker::new(self.scope, mistakes);
        let each = checker.clause(file.of.as_ref()?, false)?;
        let plural = merge.record.noun.get().plural;
        let (words, title, severity) = match part {
            Part::Same => {
                (format!("{plural} are one"), merge.title.clone(), file.severity.map_or(Severity::Error, |severity| severity.value))
            }
            Part::Likely => (format!("{plural} may be one"), format!("{}: perhaps", merge.title), Severity::Warning),
            Part::Contradicted => (
                format!("{plural} would be one, and something forbids it"),
                format!("{}: what holds them together is contradicted", merge.title),
                Severity::Warning,
            ),
        };
        let written = file.message.as_ref().filter(|_| part == Part::Same);
        let message = match written {
            Some(message) => checker.template(message),
            None => Template { pieces: vec![Piece::Count, Piece::Text(format!(" {words}"))] },
        };
        let help = match part {
            Part::Likely | Part::Contradicted => Some(decide()),
            Part::Same => file.help.as_ref().map(|help| checker.template(help)),
        };
        let frame = std::mem::take(&mut checker.frame);
        let id: Arc<str> = format!("{}{}", merge.id, part.suffix()).into();
        let severity = match self.overrides.severity.get(&*id) {
            Some(changed) => changed.value,
            None => Some(severity),
        };
        let mut comparisons = self.comparisons.clone();
        comparisons.sort_by_key(|(span, _)| *span);
        comparisons.dedup();
        // The same equality stands in many proofs.
        let mut told: Vec<(String, &'static str)> = Vec::new();
        for (span, by) in comparisons {
            let text = self.sources.slice(span).to_owned();
            if !told.iter().any(|(known, of)| *known == text && *of == by) {
                told.push((text, by));
            }
        }
        let reference = Reference {
            why: file.why.clone(),
            help: if part == Part::Same { file.help.as_ref().map(|help| help.text.trim().to_owned()) } else { Some(DECIDE.to_owned()) },
            message: written.map_or_else(|| format!("{{count}} {words}"), |message| message.text.clone()),
            covers: if part == Part::Same { file.covers.clone() } else { Vec::new() },
            sources: file.sources.clone(),
            text: file.text.clone(),
            comparisons: told,
            ..Reference::default()
        };
        let variant = Variant {
            frame,
            each,
            with: Vec::new(),
            without: Vec::new(),
            group: Vec::new(),
            scope: 0,
            differ: Vec::new(),
            message,
            help,
            labels: Vec::new(),
            shown: shown(merge),
            ties: Vec::new(),
        };
        Some(Rule {
            id,
            title,
            severity,
            shape: Shape::Merge(part),
            body: Body::Records { variants: vec![variant], grouping: Grouping::Merge },
            merge: Some((merge.clone(), part)),
            follows: Vec::new(),
            wordings: Vec::new(),
            reference,
            span: file.span,
        })
    }
}

/// What to do where the program does not decide.
const DECIDE: &str = "Decide whether they are one: `rollbook merge --out review.csv` writes them with what speaks for it, and `--read` keeps what you decide.";

fn decide() -> Template {
    Template { pieces: vec![Piece::Text(DECIDE.to_owned())] }
}

/// The fields of the record that conditions on both speak of.
fn shown(merge: &Merge) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for proof in merge.same.iter().chain(&merge.likely).chain(&merge.never) {
        proof.condition.columns(&mut |column| {
            if column.slot == Slot(0) && !columns.iter().any(|known| known.expr == column.expr) {
                columns.push(column.clone());
            }
        });
    }
    columns
}

/// Whether a condition, when it holds, says something of one person: values agree that no household shares.
fn personal(condition: &Cond, shared: &[Column]) -> bool {
    let is_shared = |column: &Column| shared.iter().any(|known| known.expr == column.expr);
    match condition {
        Cond::And(terms) => terms.iter().any(|term| personal(term, shared)),
        Cond::Or(terms) => terms.iter().all(|term| personal(term, shared)),
        Cond::AtLeast(number, terms) => terms.iter().filter(|term| !personal(term, shared)).count() < *number,
        Cond::Equal(left, Side::Column(right), _)
        | Cond::Similar(left, Side::Column(right), _, _)
        | Cond::Nearly(left, Side::Column(right), _, _) => left.slot != right.slot && !is_shared(left) && !is_shared(right),
        _ => false,
    }
}

/// The name of a value that is one field.
fn field_of(column: &Column, noun: crate::model::NounId) -> String {
    match &*column.expr {
        Expr::Field(field) => field.name(noun).to_owned(),
        _ => String::new(),
    }
}

/// A test names a merge of this pack, and fields of its noun.
fn check_test(test: &MergeTest, file: &PackFile, merges: &[Arc<Merge>], scope: &Scope, mistakes: &mut Mistakes) {
    super::compile::setup(&test.setup, scope, mistakes);
    let name = &test.merge;
    let Some(merge) = merges.iter().find(|merge| merge.id.split_once('/').is_some_and(|(_, plain)| plain == name.value)) else {
        // A merge whose own mistakes were told already is not told again.
        if !file.merges.iter().any(|merge| merge.name.value == name.value) {
            let near = suggestion(&name.value, file.merges.iter().map(|merge| merge.name.value.as_str()));
            let mistake = Mistake::error("unknown-merge", name.span, format!("no merge `{}` in this pack", name.value), "unknown merge");
            mistakes.push(mistake.meant_or(near, "a test names a [[merge]] of its own pack"));
        }
        return;
    };
    let noun = merge.record.noun;
    for (field, _) in test.expect.iter().flat_map(|expected| &expected.values) {
        if noun.field(&field.value).is_none() {
            let known = noun.get().fields.iter().map(|field| field.name).chain(["same", "likely", "contradicted", "keeps", "sees"]);
            let near = suggestion(&field.value, known);
            let mistake =
                Mistake::error("unknown-field", field.span, format!("no field `{}` of {}", field.value, noun.get().name), "unknown field");
            mistakes.push(mistake.meant_or(near, "beside the records stand `keeps`, `sees`, and fields with the value that is kept"));
        }
    }
}
