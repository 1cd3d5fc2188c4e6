//! Laws of matching: symmetry, determinism, and that better evidence never lowers a score.
use proptest::prelude::*;
use rollbook::matching::{Assignment, Edge, Field, Level, Levels, Model, Nicknames, Patterns, Role, Verdict, Weights};
use rollbook::matching::{assign, clusters, estimate, nearness};
use rollbook::model::Type;

const KINDS: [Type; 10] =
    [Type::Id, Type::Login, Type::Email, Type::Name, Type::Phone, Type::Date, Type::Grade, Type::Text, Type::Number, Type::Flag];

/// Values that are often alike.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-e]{1,6}( [a-e]{1,4}){0,2}",
        "(Will|Bill|William|Sam|Mary|Ann|de|la|Cruz|Garcia|Jr|Sr|J|小明|Zoë)( (Ann|Cruz|Lopez|Jr|II|C|Beth)){0,2}",
        "20[01][0-9]-[01][0-9]-[0-3][0-9]",
        "[0-9]{3}-?201-?010[0-9]",
        "[a-c]{3,5}@[de]{2,3}\\.example",
        "[0-9]{1,3} (Oak|Elm|North Oak) (St|Street|Rd)( (Apt|#|Unit) ?[0-9])?",
        ".{0,12}",
    ]
}

fn level() -> impl Strategy<Value = Level> {
    (0usize..8).prop_map(|at| Level::ALL[at])
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Personal), Just(Role::Given), Just(Role::Shared)]
}

/// A model whose weights fall from level to level.
fn model() -> impl Strategy<Value = Model> {
    let field = (role(), prop::collection::vec(-12.0..16.0f64, 6));
    (prop::collection::vec(field, 1..6), 0.0..40.0f64, 0.0..40.0f64).prop_map(|(fields, one, other)| {
        let weighed = |(role, mut bits): (Role, Vec<f64>)| {
            bits.sort_by(|a, b| b.total_cmp(a));
            let weights = Level::ALL[2..].iter().zip(bits).fold(Weights::default(), |weights, (level, bits)| weights.with(*level, bits));
            (Field { name: "x".to_owned(), kind: Type::Name, role }, weights)
        };
        Model::by_hand(fields.into_iter().map(weighed).collect(), one.max(other), one.min(other))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Left and right say the same, and a value is near itself.
    #[test]
    fn nearness_is_symmetric(left in value(), right in value(), kind in 0usize..10) {
        let (names, kind) = (Nicknames::built_in(), KINDS[kind]);
        prop_assert_eq!(nearness(kind, &left, &right, &names), nearness(kind, &right, &left, &names));
        let own = nearness(kind, &left, &left, &names);
        prop_assert!(own.is_none_or(|near| near.level() == Level::Same), "{left}: {own:?}");
    }

    #[test]
    fn levels_keep_what_is_put_in(levels in prop::collection::vec(level(), 1..Levels::FIELDS)) {
        let packed: Levels = levels.iter().copied().collect();
        for (at, level) in levels.iter().enumerate() {
            prop_assert_eq!(packed.get(at), *level);
        }
        prop_assert_eq!(packed.get(levels.len()), Level::Missing);
    }

    /// A closer level of a field never makes a pair less likely one person.
    #[test]
    fn better_evidence_never_lowers_a_score(model in model(), levels in prop::collection::vec(level(), 5), at in 0usize..5, better in 2usize..8) {
        let levels: Levels = levels.into_iter().collect();
        let (at, better) = (at % model.fields.len(), Level::ALL[better]);
        prop_assume!(levels.get(at) > better);
        let (before, after) = (model.judge(levels), model.judge(levels.with(at, better)));
        prop_assert!(after.score >= before.score - 1e-9 && after.verdict >= before.verdict, "{before:?} {after:?}");
    }

    /// A given name that differs is never one person, whatever else agrees.
    #[test]
    fn a_given_name_is_a_veto(model in model(), levels in prop::collection::vec(level(), 5)) {
        let levels: Levels = levels.into_iter().collect();
        let judgement = model.judge(levels);
        for (at, field) in model.fields.iter().enumerate().filter(|(_, field)| field.role == Role::Given) {
            let most = match levels.get(at) {
                Level::Differs => Verdict::Different,
                Level::Similar => Verdict::Likely,
                _ => continue,
            };
            prop_assert!(judgement.verdict <= most, "{} {judgement:?}", field.name);
        }
    }

    /// Groups and contradictions do not depend on the order of pairs; no record is in two of them, and none that must not meet meet.
    #[test]
    fn clusters_are_of_the_pairs_alone(
        same in prop::collection::vec((0u32..12, 0u32..12), 0..14),
        never in prop::collection::vec((0u32..12, 0u32..12), 0..4),
        turned in any::<bool>(),
    ) {
        let found = clusters(12, &same, &never);
        let mut other: Vec<(u32, u32)> = same.iter().rev().map(|(a, b)| if turned { (*b, *a) } else { (*a, *b) }).collect();
        other.extend(same.iter().take(1));
        prop_assert_eq!(&found, &clusters(12, &other, &never));
        let mut records: Vec<u32> = found.groups.iter().chain(found.contradictions.iter().map(|broken| &broken.records)).flatten().copied().collect();
        let all = records.len();
        records.sort_unstable();
        records.dedup();
        prop_assert_eq!(records.len(), all);
        for group in &found.groups {
            prop_assert!(never.iter().all(|(a, b)| a == b || !(group.contains(a) && group.contains(b))));
        }
        for broken in &found.contradictions {
            for chain in &broken.chains {
                prop_assert!(chain.len() > 1);
                prop_assert!(chain.windows(2).all(|pair| same.contains(&(pair[0], pair[1])) || same.contains(&(pair[1], pair[0]))));
            }
        }
    }

    /// Nobody has two partners, and the order of pairs does not matter.
    #[test]
    fn partners_are_one_to_one(edges in prop::collection::vec((0u32..6, 0u32..6, 0u8..5), 0..16)) {
        let edges: Vec<Edge> = edges.into_iter().map(|(left, right, score)| Edge { left, right, score: f64::from(score) }).collect();
        let found = assign(edges.clone());
        prop_assert_eq!(&found, &assign(edges.into_iter().rev().collect()));
        for (at, one) in found.chosen.iter().enumerate() {
            prop_assert!(found.chosen[at + 1..].iter().chain(&found.contested).all(|other| one.left != other.left && one.right != other.right));
        }
    }
}

#[test]
fn a_chain_that_contradicts_itself_is_told_whole() {
    // 0 is 1, 1 is 2, 2 is 3, and 5 is 6; 0 is never 2.
    let found = clusters(8, &[(2, 3), (0, 1), (5, 6), (2, 1)], &[(2, 0), (4, 7)]);
    assert_eq!(found.groups, [[5, 6]]);
    assert_eq!(found.contradictions.len(), 1);
    assert_eq!(found.contradictions[0].records, [0, 1, 2, 3]);
    assert_eq!(found.contradictions[0].chains, [[0, 1, 2]]);
}

#[test]
fn one_exception_account_has_one_partner() {
    let edge = |left, right, score| Edge { left, right, score };
    // The better of two wins; two of one score are contested, and nobody worse takes their place.
    let Assignment { chosen, contested, refused } =
        assign(vec![edge(1, 10, 20.0), edge(1, 11, 25.0), edge(2, 12, 30.0), edge(2, 13, 30.0), edge(3, 12, 9.0), edge(4, 14, f64::NAN)]);
    assert_eq!(chosen, [edge(1, 11, 25.0)]);
    assert_eq!(contested, [edge(2, 12, 30.0), edge(2, 13, 30.0)]);
    assert_eq!(refused.len(), 3);
}

/// Pairs of an invented district: strangers, brothers and sisters, and records that are twice there.
fn district() -> (Vec<Field>, Patterns, Patterns) {
    let field = |name: &str, kind, role| Field { name: name.to_owned(), kind, role };
    let fields = vec![
        field("first_name", Type::Name, Role::Given),
        field("birth_date", Type::Date, Role::Personal),
        field("phone", Type::Phone, Role::Shared),
    ];
    let (mut random, mut compared) = (Patterns::default(), Patterns::default());
    let add = |patterns: &mut Patterns, times: u32, levels: [Level; 3]| (0..times).for_each(|_| patterns.add(levels.into_iter().collect()));
    use Level::{Differs, Form, Missing, Same, Typo};
    for (times, levels) in [(98_900, [Differs; 3]), (1_000, [Same, Differs, Differs]), (100, [Differs, Same, Differs])] {
        add(&mut random, times, levels);
    }
    for (times, levels) in [
        (3_000, [Differs, Differs, Same]),
        (60, [Differs, Same, Same]),
        (400, [Same, Same, Same]),
        (30, [Form, Same, Same]),
        (30, [Same, Typo, Same]),
        (40, [Same, Missing, Same]),
        (80, [Same, Same, Differs]),
    ] {
        add(&mut compared, times, levels);
    }
    (fields, random, compared)
}

#[test]
fn weights_are_found_in_the_data() {
    let (fields, random, compared) = district();
    let found = estimate(fields.clone(), &random, &compared, 50_000_000).expect("pairs to learn from");
    assert!((520.0..620.0).contains(&found.people), "{}", found.people);
    let (first, born) = (found.model.strangers[0], found.model.strangers[1]);
    assert!(first.of(Level::Same) > 4.0 && first.of(Level::Differs) < -5.0, "{first:?}");
    assert!(born.of(Level::Same) > first.of(Level::Same), "{born:?}");
    // Against a family the birth date weighs less, since there are twins, and the phone nothing.
    assert!(found.model.family[1].of(Level::Same) < born.of(Level::Same));
    assert_eq!(found.model.family[2], Weights::default());
    let verdict = |levels: [Level; 3]| found.model.judge(levels.into_iter().collect()).verdict;
    assert_eq!(verdict([Level::Same; 3]), Verdict::Same);
    assert_eq!(verdict([Level::Differs, Level::Same, Level::Same]), Verdict::Different);
    // The same pairs give the same weights, whatever the order, and from two threads.
    let (mut one, mut two) = (Patterns::default(), Patterns::default());
    two.absorb(compared.clone());
    one.absorb(two);
    assert_eq!(estimate(fields, &random, &one, 50_000_000).expect("pairs").model, found.model);
}

#[test]
fn nothing_is_learned_from_nothing() {
    let (fields, random, compared) = district();
    assert!(estimate(fields.clone(), &random, &Patterns::default(), 1_000).is_none());
    assert!(estimate(fields, &Patterns::default(), &compared, 1_000).is_none());
    assert!(estimate(Vec::new(), &random, &compared, 1_000).is_none());
}
