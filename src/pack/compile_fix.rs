//! Fixes, checked: the rules that they name are there, and every word of a row is of the records of a finding.
use super::compile::setup;
use super::file::PackFile;
use super::fix::{Fix, FixFile, FixForm, FixOf, FixTest, INDEX};
use super::merge::Part;
use super::rule::{Body, Pack, Rule};
use crate::finding::{List, Mistake, Mistakes, suggestion};
use crate::language::check::Checker;
use crate::language::form::{Binding, Clause, Frame, Piece, Slot, Template};
use crate::language::scope::Scope;
use crate::source::{Span, Spanned};

/// Checks the fixes of all packs and their tests; they join their packs.
pub(super) fn fixes(files: &[PackFile], scopes: &[Scope], packs: &mut [Pack], mistakes: &mut Mistakes) {
    for (at, (file, scope)) in files.iter().zip(scopes).enumerate() {
        let mut found: Vec<Fix> = Vec::new();
        for (nth, written) in file.fixes.iter().enumerate() {
            if let Some(other) = file.fixes[..nth].iter().find(|other| other.name.value == written.name.value) {
                let message = format!("two fixes have the name `{}`", written.name.value);
                let mistake =
                    Mistake::error("duplicate-name", written.name.span, message, "named again").and(other.name.span, "named here first");
                mistakes.push(mistake.help("give one of them another name; they may write to one file all the same"));
                continue;
            }
            let mut compiler = FixCompiler { pack: &file.name.value, files, packs, scope, mistakes: &mut *mistakes };
            found.extend(compiler.fix(written));
        }
        for test in &file.fix_tests {
            check_test(test, file, scope, mistakes);
        }
        packs[at].fixes = found;
    }
    one_header_a_file(files, mistakes);
}

struct FixCompiler<'a> {
    pack: &'a str,
    files: &'a [PackFile],
    packs: &'a [Pack],
    scope: &'a Scope,
    mistakes: &'a mut Mistakes,
}

impl FixCompiler<'_> {
    fn fix(&mut self, file: &FixFile) -> Option<Fix> {
        let before = self.mistakes.len();
        let columns: Vec<String> = file.columns.iter().map(|(name, _)| name.value.clone()).collect();
        let mut key: Vec<usize> = Vec::new();
        for name in file.key.iter().flatten() {
            match columns.iter().position(|column| *column == name.value) {
                Some(at) => key.push(at),
                None => {
                    let near = suggestion(&name.value, columns.iter().map(String::as_str));
                    let mistake =
                        Mistake::error("unknown-column", name.span, format!("no column `{}` in this file", name.value), "not a column");
                    self.mistakes.push(mistake.meant_or(near, "`key` names headers that stand under `columns`"));
                }
            }
        }
        if file.key.is_none() {
            key = (0..columns.len()).collect();
        }
        let mut of: Vec<FixOf> = Vec::new();
        for (nth, name) in file.rules.iter().enumerate() {
            if let Some(other) = file.rules[..nth].iter().find(|other| other.value == name.value) {
                let mistake = Mistake::error("duplicate-name", name.span, format!("`{}` is named twice", name.value), "named again");
                self.mistakes.push(mistake.and(other.span, "named here first").help("take one of them out"));
                continue;
            }
            of.extend(self.of_rule(file, name));
        }
        // A mistake that concerns every rule is told once.
        (self.mistakes.len() == before).then(|| Fix {
            id: format!("{}/{}", self.pack, file.name.value).into(),
            title: file.title.clone().unwrap_or_else(|| file.name.value.replace('-', " ")),
            file: file.file.value.clone(),
            columns,
            key,
            of,
            help: file.help.clone(),
            sources: file.sources.clone(),
            text: file.text.clone(),
        })
    }

    /// The rule of a name, of this pack or of one that it requires. A rule with mistakes of its own is not told again.
    fn rule(&mut self, name: &Spanned<String>) -> Option<&Rule> {
        let wanted = if name.value.contains('/') { name.value.clone() } else { format!("{}/{}", self.pack, name.value) };
        let rules = || self.packs.iter().flat_map(|pack| &pack.rules);
        if let Some(rule) = rules().find(|rule| *rule.id == *wanted) {
            return Some(rule);
        }
        let (of_pack, plain) = wanted.split_once('/').unwrap_or((self.pack, &wanted));
        let written = self.files.iter().find(|file| file.name.value == of_pack);
        let has_faults = written.is_some_and(|file| {
            let merges =
                file.merges.iter().any(|merge| Part::ALL.iter().any(|part| format!("{}{}", merge.name.value, part.suffix()) == plain));
            (merges || file.rules.iter().any(|rule| rule.name.value == plain)) && self.mistakes.any_error_in(file.name.span.text)
        });
        if !has_faults {
            let ids = || rules().map(|rule| &*rule.id);
            let of_own = ids().filter_map(|id| id.strip_prefix(self.pack)?.strip_prefix('/'));
            let near = suggestion(&name.value, ids()).or_else(|| suggestion(&name.value, of_own));
            let mistake = Mistake::error("unknown-rule", name.span, format!("no rule `{}`", name.value), "unknown rule");
            let help =
                "name a rule or a merge of this pack, or one of a pack that it requires with the pack before it: `roster/missing-id`";
            self.mistakes.push(mistake.meant_or(near, help));
        }
        None
    }

    fn of_rule(&mut self, file: &FixFile, name: &Spanned<String>) -> Option<FixOf> {
        let rule = self.rule(name)?;
        let id = rule.id.clone();
        let mut suspects = false;
        let bindings: Vec<(Vec<Binding>, Vec<Slot>)> = match (&rule.merge, &rule.body) {
            (Some((_, Part::Contradicted)), _) => {
                let mistake =
                    Mistake::error("wrong-kind", name.span, "what is contradicted can't be mended by a file", "for a person to decide");
                self.mistakes.push(mistake.help("name the merge itself, whose findings are proven"));
                return None;
            }
            (Some((merge, part)), _) => {
                suspects = *part == Part::Likely;
                vec![(vec![merge.record.clone(), merge.other.clone()], vec![Slot(0), Slot(1)])]
            }
            (None, Body::Records { variants, .. }) => variants.iter().map(|variant| (variant.frame.clone(), variant.tuple())).collect(),
            (None, Body::Whole { .. }) => {
                let message = format!("`{}` is about the whole, and has no records for a row", name.value);
                self.mistakes.push(Mistake::error("wrong-kind", name.span, message, "no records").help("name rules with `each`"));
                return None;
            }
        };
        if suspects && let Some(proof) = file.proof.filter(|proof| proof.value) {
            let message = format!("`{}` only suspects: its findings are for a person to decide", name.value);
            let mistake = Mistake::error("wrong-kind", proof.span, message, "no proof").and(name.span, "this rule");
            self.mistakes.push(mistake.help("take `proof` out; rows of suspicions are written with `--fixes-likely` alone"));
            return None;
        }
        let proof = !suspects && file.proof.is_none_or(|proof| proof.value);
        let forms: Vec<Option<FixForm>> = bindings.into_iter().map(|(frame, tuple)| self.form(file, &frame, tuple)).collect();
        Some(FixOf { rule: id, proof, forms: forms.into_iter().collect::<Option<_>>()? })
    }

    /// The row of the findings of one variant of a rule.
    fn form(&mut self, file: &FixFile, frame: &[Binding], tuple: Vec<Slot>) -> Option<FixForm> {
        let mut found = Mistakes::default();
        let mut checker = Checker::new(self.scope, &mut found);
        // Only the records of a finding can be spoken of, under the numbers that they have in the rule.
        let mut here: Vec<Slot> = Vec::new();
        for slot in &tuple {
            here.extend(checker.lend(&frame[slot.0 as usize]));
        }
        let bound = here.len() == tuple.len();
        let with: Vec<Option<Clause>> = file.with.iter().map(|clause| checker.joined_clause(clause)).collect();
        let when: Vec<_> = file
            .when
            .iter()
            .map(|(holds, otherwise)| {
                (checker.condition(holds), otherwise.as_ref().map(|words| checker.template(words)).unwrap_or_default())
            })
            .collect();
        let cells: Vec<Template> = file.columns.iter().map(|(_, cell)| checker.template(cell)).collect();
        let frame: Frame = std::mem::take(&mut checker.frame);
        for ((name, written), cell) in file.columns.iter().zip(&cells) {
            if cell.pieces.iter().any(|piece| matches!(piece, Piece::Count)) {
                let mistake =
                    Mistake::error("wrong-kind", written.span, format!("`{{count}}` in the column `{}`", name.value), "of no record");
                found.push(mistake.help("a row is of one finding: name a field of its records, `{s.id}`"));
            }
        }
        let right = found.is_empty();
        // Rules of one fix are mostly alike, and so are their mistakes.
        for mistake in found.sorted() {
            if !self.mistakes.iter().any(|known| *known == mistake) {
                self.mistakes.push(mistake);
            }
        }
        (right && bound).then_some(FixForm { frame, tuple: here, with: with.into_iter().collect::<Option<_>>()?, when, cells })
    }
}

/// A test names a fix of this pack, and columns of its file.
fn check_test(test: &FixTest, file: &PackFile, scope: &Scope, mistakes: &mut Mistakes) {
    setup(&test.setup, scope, mistakes);
    let name = &test.fix;
    let Some(fix) = file.fixes.iter().find(|fix| fix.name.value == name.value) else {
        let near = suggestion(&name.value, file.fixes.iter().map(|fix| fix.name.value.as_str()));
        let mistake = Mistake::error("unknown-fix", name.span, format!("no fix `{}` in this pack", name.value), "unknown fix");
        mistakes.push(mistake.meant_or(near, "a test names a [[fix]] of its own pack"));
        return;
    };
    for (column, _) in test.expect.iter().flat_map(|row| &row.cells) {
        if !fix.columns.iter().any(|(known, _)| known.value == column.value) {
            let known = || fix.columns.iter().map(|(known, _)| known.value.as_str());
            let mistake = Mistake::error(
                "unknown-column",
                column.span,
                format!("no column `{}` in `{}`", column.value, fix.file.value),
                "not a column",
            );
            let all: Vec<String> = known().map(|known| format!("`{known}`")).collect();
            mistakes.push(mistake.meant_or(suggestion(&column.value, known()), format!("its columns are {}", List(&all, "and"))));
        }
    }
}

/// Fixes that write to one file agree in its header.
fn one_header_a_file(files: &[PackFile], mistakes: &mut Mistakes) {
    let all: Vec<&FixFile> = files.iter().flat_map(|file| &file.fixes).collect();
    let header = |fix: &FixFile| fix.columns.iter().map(|(name, _)| name.value.clone()).collect::<Vec<_>>();
    let at = |fix: &FixFile| -> Span { fix.columns.first().map_or(fix.file.span, |(name, _)| name.span) };
    for (nth, fix) in all.iter().enumerate() {
        let alike = |other: &&&FixFile| other.file.value != fix.file.value && other.file.value.eq_ignore_ascii_case(&fix.file.value);
        if let Some(other) = all[..nth].iter().find(alike).filter(|other| !other.file.value.eq_ignore_ascii_case(INDEX)) {
            let message = format!("`{}` and `{}` are one file on many systems", fix.file.value, other.file.value);
            let mistake = Mistake::error("bad-name", fix.file.span, message, "written over the other").and(other.file.span, "there");
            mistakes.push(mistake.help("write both in the same letter case to write to one file, or give one of them another name"));
        }
        let other = all[..nth].iter().find(|other| other.file.value == fix.file.value);
        if let Some(other) = other.filter(|other| header(other) != header(fix) && !header(fix).is_empty()) {
            let message = format!("`{}` has another header here than for `{}`", fix.file.value, other.name.value);
            let mistake = Mistake::error("wrong-kind", at(fix), message, "other columns").and(at(other), "there");
            mistakes.push(mistake.help("give both the same columns in the same order, or write to two files"));
        }
    }
}
