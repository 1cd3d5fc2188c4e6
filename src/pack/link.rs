//! Root causes between rules: which rule's findings explain which, and by which way.
use super::file::PackFile;
use super::file_merge::MergeFile;
use super::merge::Part;
use super::rule::{Body, Follow, Link, Pack, Rule};
use crate::finding::{Mistake, Mistakes, suggestion};
use crate::language::check::Checker;
use crate::language::form::Clause;
use crate::language::joins;
use crate::language::scope::Scope;
use crate::language::syntax;

/// Links rules to those that explain their findings.
pub(super) fn link(files: &[PackFile], scopes: &[Scope], packs: &mut [Pack], mistakes: &mut Mistakes) {
    let mut linked: Vec<(usize, usize, Vec<Follow>)> = Vec::new();
    let mut explained: Vec<(usize, usize, Follow)> = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let rules = file.rules.iter().map(|rule| (rule.name.value.clone(), rule.follows.as_slice(), rule.explains.as_slice()));
        let parts = |merge: &'_ MergeFile| Part::ALL.map(|part| format!("{}{}", merge.name.value, part.suffix()));
        let merges = file.merges.iter().flat_map(|merge| parts(merge).map(|name| (name, merge.follows.as_slice(), [].as_slice())));
        for (name, own_follows, own_explains) in rules.chain(merges) {
            let id = format!("{}/{}", file.name.value, name);
            let Some(rule_at) = packs[at].rules.iter().position(|rule| *rule.id == *id) else { continue };
            let mut follows = Vec::new();
            for (follow, explains) in
                own_follows.iter().map(|follow| (follow, false)).chain(own_explains.iter().map(|follow| (follow, true)))
            {
                let wanted = if follow.rule.value.contains('/') {
                    follow.rule.value.clone()
                } else {
                    format!("{}/{}", file.name.value, follow.rule.value)
                };
                let other =
                    packs.iter().enumerate().find_map(|(pack, of)| Some((pack, of.rules.iter().position(|rule| *rule.id == *wanted)?)));
                let Some((other_pack, other_at)) = other else {
                    unknown_root(files, packs, &file.name.value, follow, mistakes);
                    continue;
                };
                let root = &packs[other_pack].rules[other_at];
                if explains && *root.id != *id {
                    let links =
                        follow.by.as_ref().map(|by| ways(root, &packs[at].rules[rule_at], by, &scopes[at], mistakes)).unwrap_or_default();
                    explained.push((other_pack, other_at, Follow { rule: id.as_str().into(), links }));
                    continue;
                }
                if *root.id == *id {
                    let mistake = Mistake::error("circle", follow.rule.span, "a rule can't follow itself", "its own name");
                    mistakes.push(mistake.help("take it out"));
                    continue;
                }
                let links = match &follow.by {
                    Some(by) => ways(&packs[at].rules[rule_at], root, by, &scopes[at], mistakes),
                    None => Vec::new(),
                };
                follows.push(Follow { rule: root.id.clone(), links });
            }
            linked.push((at, rule_at, follows));
        }
    }
    for (pack, rule, follows) in linked {
        packs[pack].rules[rule].follows = follows;
    }
    for (pack, rule, follow) in explained {
        packs[pack].rules[rule].follows.push(follow);
    }
    circles(packs, mistakes);
}

fn unknown_root(files: &[PackFile], packs: &[Pack], pack: &str, follow: &super::file::FollowFile, mistakes: &mut Mistakes) {
    let name = &follow.rule.value;
    let (of_pack, of_name) = name.split_once('/').unwrap_or((pack, name));
    let Some(file) = files.iter().find(|file| file.name.value == of_pack) else {
        // A rule of a pack that this run does not use explains nothing here.
        if super::library::builtin_names().any(|known| known == of_pack) {
            return;
        }
        let mistake = Mistake::error("unknown-rule", follow.rule.span, format!("no pack `{of_pack}`"), "unknown pack");
        mistakes.push(mistake.meant(suggestion(of_pack, super::library::builtin_names())));
        return;
    };
    if file.rules.iter().any(|rule| rule.name.value == of_name) || file.merges.iter().any(|merge| merge.name.value == of_name) {
        return;
    }
    let near = suggestion(
        of_name,
        packs
            .iter()
            .filter(|known| known.name == of_pack)
            .flat_map(|pack| pack.rules.iter().filter_map(|rule| rule.id.split_once('/').map(|(_, name)| name))),
    );
    let mistake = Mistake::error("unknown-rule", follow.rule.span, format!("no rule `{name}`"), "unknown rule");
    mistakes.push(if near.is_some() { mistake.meant(near) } else { mistake.help("`rollbook list rules` prints all of them") });
}

/// The way `by`, checked for every pair of variants.
fn ways(rule: &Rule, root: &Rule, by: &syntax::Clause, scope: &Scope, mistakes: &mut Mistakes) -> Vec<Link> {
    let (Body::Records { variants, .. }, Body::Records { variants: root_variants, .. }) = (&rule.body, &root.body) else {
        let mistake = Mistake::error("wrong-kind", by.span, "a rule about the whole has no records to follow", "a way between records");
        mistakes.push(mistake.help("leave `by` out"));
        return Vec::new();
    };
    let mut links = Vec::new();
    for (at, variant) in variants.iter().enumerate() {
        for (root_at, root_variant) in root_variants.iter().enumerate() {
            let before = mistakes.len();
            let mut checker = Checker::new(scope, mistakes);
            for slot in 0..variant.frame.len() {
                checker.lend(&variant.frame[slot]);
            }
            let mut lent = Vec::new();
            for slot in &root_variant.each.slots {
                lent.extend(checker.lend(&root_variant.frame[slot.0 as usize]).map(|here| (*slot, here)));
            }
            let Some(clause) = checker.clause(by, true) else { continue };
            let frame = std::mem::take(&mut checker.frame);
            let reached = lent.iter().map(|(_, here)| *here).chain(clause.slots.iter().copied()).collect();
            let way = Clause { slots: reached, condition: clause.condition.clone(), among: None };
            // A name that is not known joins nothing, and was told already.
            if mistakes.len() > before {
                continue;
            }
            if joins::order(&variant.tuple(), &way).is_err() {
                let message = format!("this way does not lead from the records of `{}` to those of `{}`", rule.id, root.id);
                let help = "join both ends by equalities; the variables of `each` are known here, those of `without` are not";
                mistakes.push(Mistake::error("not-joined", by.span, message, "one end hangs loose").help(help));
                continue;
            }
            links.push(Link { variant: at, root_variant: root_at, frame, lent, clause });
        }
    }
    links
}

/// Rules that follow one another in a circle have no root.
fn circles(packs: &[Pack], mistakes: &mut Mistakes) {
    let rules: Vec<&Rule> = packs.iter().flat_map(|pack| &pack.rules).collect();
    for rule in &rules {
        let mut way: Vec<&Rule> = vec![rule];
        let mut stack: Vec<(&Rule, usize)> = vec![(rule, 0)];
        while let Some((at, next)) = stack.pop() {
            way.truncate(stack.len() + 1);
            if let Some(follow) = at.follows.get(next) {
                stack.push((at, next + 1));
                if follow.rule == rule.id {
                    let names: Vec<&str> = way.iter().map(|rule| &*rule.id).chain([&*rule.id]).collect();
                    // Every rule of the circle finds it; the first by name tells.
                    if way.iter().all(|other| rule.id <= other.id) {
                        let message = format!("rules follow one another in a circle: {}", names.join(" -> "));
                        mistakes.push(
                            Mistake::error("circle", rule.span, message, "comes back to itself")
                                .help("one of them is the root; take its `follows` out"),
                        );
                    }
                    break;
                }
                if let Some(other) = rules.iter().find(|other| other.id == follow.rule)
                    && !way.iter().any(|known| known.id == other.id)
                {
                    way.push(other);
                    stack.push((other, 0));
                }
            }
        }
    }
}
