//! Scores: weights of levels, evidence about the household told apart from evidence about the person, and what forbids.
use super::{Level, Levels};
use crate::model::Type;

/// A field that is compared.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// The word in rules.
    pub name: String,
    /// How its values are compared.
    pub kind: Type,
    /// What it is evidence of.
    pub role: Role,
}

/// What a field is evidence of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// The person: a birth date, a number.
    Personal,
    /// The person, and a veto when it differs: the given name tells brothers and sisters apart.
    Given,
    /// The household: a surname, a street, a phone, a parent's email.
    Shared,
}

/// The weight of each level in bits: the logarithm to base 2 of how much likelier it is for one person than for two. A missing or a common value
/// weighs nothing.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Weights([f64; 8]);

impl Weights {
    /// The weight of a level.
    #[must_use]
    pub fn of(&self, level: Level) -> f64 {
        self.0[level as usize]
    }

    /// The same with another weight for a level.
    #[must_use]
    pub fn with(mut self, level: Level, bits: f64) -> Weights {
        self.0[level as usize] = bits;
        self
    }
}

/// A model in the sense of Fellegi and Sunter, with a second alternative: two people of one family.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    /// What is compared, in the order of [`Levels`].
    pub fields: Vec<Field>,
    /// What each field's levels weigh against two strangers.
    pub strangers: Vec<Weights>,
    /// What they weigh against two of one family; of a shared field by itself nothing.
    pub family: Vec<Weights>,
    /// What all evidence of a common household is worth together, in bits: it counts once, however many fields repeat it.
    pub household: f64,
    /// From this score on two records are one person.
    pub same: f64,
    /// From this score on a person should look.
    pub likely: f64,
}

/// What a score says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// Two people, as far as the evidence goes.
    Different,
    /// For a person to decide.
    Likely,
    /// One person.
    Same,
}

/// The score of a pair, and how it came about.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Judgement {
    /// The smaller of the two below: a pair must be likelier one person than two strangers, and than two of a family.
    pub score: f64,
    /// Bits against two strangers: the weights of all fields, but of the shared ones that speak against only the heaviest, since a family that
    /// moves changes them all at once.
    pub strangers: f64,
    /// Bits against two of one family: the weights of personal fields there, and [`Model::household`].
    pub family: f64,
    /// What it says.
    pub verdict: Verdict,
    /// The field that forbade more than this verdict.
    pub veto: Option<usize>,
}

impl Model {
    /// A model by an author's weights: what weighs against strangers weighs against a family too, but for the shared fields, which count
    /// together as much as the heaviest of them. A rare value weighs as much as any equal one, unless it has a weight of its own.
    #[must_use]
    pub fn by_hand(mut fields: Vec<(Field, Weights)>, same: f64, likely: f64) -> Model {
        for (_, weights) in &mut fields {
            if weights.of(Level::Rare) == 0.0 {
                *weights = weights.with(Level::Rare, weights.of(Level::Same));
            }
        }
        let household = fields.iter().filter(|(field, _)| field.role == Role::Shared).map(|(_, weights)| weights.of(Level::Same));
        let household = household.fold(0.0, f64::max);
        let family = fields.iter().map(|(field, weights)| if field.role == Role::Shared { Weights::default() } else { *weights }).collect();
        let (fields, strangers) = fields.into_iter().unzip();
        Model { fields, strangers, family, household, same, likely }
    }

    /// The score alone.
    #[must_use]
    pub fn score(&self, levels: Levels) -> f64 {
        self.judge(levels).score
    }

    /// The score of a pair, and what it says.
    #[must_use]
    pub fn judge(&self, levels: Levels) -> Judgement {
        let (mut strangers, mut family, mut most, mut veto) = (0.0, self.household, Verdict::Same, None);
        let mut against = 0.0_f64;
        for (at, field) in self.fields.iter().enumerate() {
            let level = levels.get(at);
            match self.strangers[at].of(level) {
                bits if bits < 0.0 && field.role == Role::Shared => against = against.min(bits),
                bits => strangers += bits,
            }
            family += self.family[at].of(level);
            let allowed = match (field.role, level) {
                (Role::Given, Level::Differs) => Verdict::Different,
                (Role::Given, Level::Similar) => Verdict::Likely,
                _ => Verdict::Same,
            };
            if allowed < most {
                (most, veto) = (allowed, Some(at));
            }
        }
        strangers += against;
        let shared = self.fields.iter().any(|field| field.role == Role::Shared);
        let score = if shared { f64::min(strangers, family) } else { strangers };
        let reached = if score >= self.same {
            Verdict::Same
        } else if score >= self.likely {
            Verdict::Likely
        } else {
            Verdict::Different
        };
        Judgement { score, strangers, family, verdict: reached.min(most), veto: veto.filter(|_| reached > most) }
    }
}
