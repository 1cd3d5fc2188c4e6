//! An invented roster of families, with its truth: brothers and sisters, twins, step-families, shared phones and parents' emails, and about 7 % of
//! the records twice, with the errors of people who type.
use crate::prng::Prng;
use crate::table::{Block, Column, Pairs, Table, field};
use rollbook::matching::Role;
use rollbook::model::Type;

/// Pairs that are compared: all of a household, and others that agree in two things about the person.
pub const BLOCKS: &[Block<'static>] = &[
    &[("phone", 0)],
    &[("email", 0)],
    &[("street", 0), ("postcode", 0)],
    &[("birth_date", 0), ("last_name", 0)],
    &[("birth_date", 0), ("first_name", 0)],
    &[("birth_date", 0), ("first_name", 2)],
    &[("first_name", 0), ("last_name", 0)],
    &[("first_name", 0), ("postcode", 0)],
];

/// Which fields are there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// Those that Splink was given: names, birth date, phone, email, postcode, street.
    AsMeasured,
    /// Those and what a roster has besides: middle name, gender.
    Roster,
}

impl Fields {
    pub fn words(self) -> &'static str {
        match self {
            Fields::AsMeasured => "names, birth date, phone, email, postcode, street",
            Fields::Roster => "the same with middle name and gender",
        }
    }
}

#[derive(Clone, Default)]
struct Record {
    first: String,
    middle: String,
    last: String,
    born: String,
    gender: &'static str,
    phone: String,
    email: String,
    postcode: String,
    street: String,
}

pub struct World {
    records: Vec<Record>,
    truth: Vec<u32>,
    /// Pairs that are no one person, by what they are.
    pub relations: Vec<(&'static str, Pairs)>,
}

const FIRST: &str = "James Mary Michael Maria David Jennifer John Elizabeth Robert Patricia William Linda Joseph Barbara Thomas Susan Daniel Jessica \
    Matthew Sarah Anthony Karen Christopher Lisa Andrew Nancy Joshua Ashley Kevin Emily Brian Michelle Edward Amanda Jason Melissa Ryan Stephanie \
    Jacob Rebecca Gary Laura Nicholas Cynthia Eric Amy Jonathan Angela Stephen Anna Justin Brenda Scott Emma Brandon Nicole Benjamin Samantha Samuel \
    Katherine Gregory Christine Alexander Debra Patrick Rachel Jack Carolyn Dennis Janet Tyler Olivia Aaron Heather Jose Diane Adam Julie Nathan Joyce \
    Zachary Victoria Kyle Kelly Noah Christina Ethan Joan Jeremy Evelyn Keith Lauren Christian Judith Roger Megan Austin Andrea Sean Cheryl Gerald Hannah \
    Dylan Jacqueline Bryan Martha Jordan Gloria Bruce Teresa Gabriel Sara Logan Madison Albert Frances Juan Kathryn Alan Janice Willie Jean Lawrence Abigail \
    Wayne Sophia Elijah Grace Randy Denise Vincent Amber Mason Doris Roy Marilyn Ralph Danielle Bobby Beverly Russell Isabella Bradley Theresa Philip Diana \
    Liam Natalie Lucas Brittany Oliver Charlotte Aiden Kayla Jaiden Kyla Jayden Alexis Jaden Alexa Hayden Lori Kayden Mia Caden Mya Cayden Maya Brayden Ella \
    Braden Bella Landon Stella London Emilia Leo Amelia Theo Camila Mateo Camilla Matteo Lily Luca Lilly Luka Layla Luke Leila Levi Zoe Eli Chloe Ezra Cloe Ian \
    Aria Evan Ariana Ivan Arianna Owen Brianna Caleb Briana Kaleb Hailey Connor Haley Conner Bailey Hunter Kaylee Parker Kylie Carter Katelyn Carson Kaitlyn \
    Mario Marie Marco Mariah Marcus Mariana Marc Daniela Dante Gabriela Diego Gabriella Miguel Valentina Angel Valeria Carlos Valerie Luis Ximena Alejandro \
    Jimena Alejandra Sofia Santiago Lucia Sebastian Lucy Adrian Adriana Ayden Ayla Ali Aisha Omar Amina Ahmed Fatima Ibrahim Maryam Yusuf Zainab Hassan Noor \
    Hussein Nora Arjun Priya Rohan Anika Ravi Anita Dev Diya Kiran Karina Wei Mei Jun Lin Minh Linh Tuan Tina Duc Dina Jamal Jada Jalen Jade Malik Malia Darius \
    Aaliyah Deshawn Alana Terrell Alanna Xavier Ximen Trevor Tessa Tristan Trista Tristen Kirsten Colin Kristen Collin Kristin Jon Kara Shawn Cara Shaun Clara \
    Wyatt Claire Asher Eva Axel Ava Ivy Max Iris Finn Isla Hugo Ruby Felix Rose Oscar Hazel Emmett Violet Everett Piper Elliot Taylor Elliott Skylar Damian Skyler";

/// Names that parents give twins because they are alike.
const ALIKE: &str = "Jayden Jaden,Aiden Jaiden,Ella Bella,Kayla Kyla,Mia Mya,Brayden Braden,Lily Lilly,Camila Camilla,Ariana Arianna,Hailey Haley,Caden Cayden,\
    Mario Marco,Maria Mariah,Marie Mariah,Jon John,Tristan Tristen,Kristen Kristin,Colin Collin,Connor Conner,Gabriela Gabriella,Ayden Hayden,Landon London,\
    Luca Lucas,Luka Luke,Matteo Mateo,Katelyn Kaitlyn,Alana Alanna,Kara Cara,Jada Jade,Leila Layla,Taylor Tyler,Madison Mason,Daniel Daniela,Alejandro Alejandra,\
    Valeria Valerie,Sara Sarah,Christian Christina,Elliot Elliott,Brianna Briana,Adrian Adriana,Skylar Skyler,Ethan Nathan,Dina Tina,Jayden Kayden,Ali Aliyah";

/// Nicknames as people type them.
const SHORT: &str = "William Bill,William Will,Robert Bob,Robert Rob,Elizabeth Liz,Elizabeth Beth,Katherine Kate,Michael Mike,Christopher Chris,Matthew Matt,Jennifer Jenny,\
    Joseph Joe,Thomas Tom,Anthony Tony,Samuel Sam,Samantha Sam,Benjamin Ben,Jose Pepe,Alexander Alex,Daniel Dan,James Jim,Nicholas Nick,Rebecca Becky,Victoria Vicky,\
    Jonathan Jon,Zachary Zach,Joshua Josh,Andrew Andy,Patricia Pat,Jessica Jess,Gabriel Gabe,Jacob Jake,Edward Ted,Alejandro Alex,Abigail Abby,Gregory Greg,Kevin Kev";

const LAST: &str = "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee \
    Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera \
    Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan \
    Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders \
    Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher Vasquez Simmons Jordan Patterson Alexander Hamilton \
    Graham Reynolds Griffin Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro Marshall Owens Harrison Fernandez";

const STREETS: &str = "Oak Maple Cedar Pine Elm Walnut Willow Birch Lake Hill Park Washington Lincoln Jefferson Adams Madison Church Mill River Spring Ridge Forest Meadow \
    Sunset Highland Center Union Prospect Franklin Jackson Valley Cherry Chestnut Dogwood Laurel Magnolia Poplar Spruce Sycamore Hickory Orchard Garden Heritage Liberty";
const WAYS: [(&str, &str); 6] = [("Street", "St"), ("Avenue", "Ave"), ("Road", "Rd"), ("Lane", "Ln"), ("Drive", "Dr"), ("Court", "Ct")];
const SYLLABLES: &str = "ma ri an le jo el na so ka li ro be da mi sa to vi ce lu ne sha ty ja za ni ray von dre kia mar tel wyn zo ria";

/// The words of a list, each as often as its place says: the tenth word a tenth as often as the first, down to a floor.
struct Words<'w> {
    words: Vec<&'w str>,
    reach: Vec<usize>,
}

impl<'w> Words<'w> {
    fn new(text: &'w str) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut all = 0;
        let reach = (0..words.len()).map(|at| {
            all += 1000 / (at + 12) + 4;
            all
        });
        Words { reach: reach.collect(), words }
    }

    fn draw(&self, dice: &mut Prng) -> &'w str {
        let roll = dice.below(*self.reach.last().expect("words"));
        self.words[self.reach.partition_point(|reach| *reach <= roll)]
    }
}

fn pairs(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.split(',').filter_map(|pair| pair.trim().split_once(' ')).collect()
}

struct Maker {
    dice: Prng,
    first: Words<'static>,
    last: Words<'static>,
    streets: Vec<&'static str>,
    syllables: Vec<&'static str>,
    alike: Vec<(&'static str, &'static str)>,
    short: Vec<(&'static str, &'static str)>,
}

impl Maker {
    fn chance(&mut self, percent: usize) -> bool {
        self.dice.below(1000) < percent * 10
    }

    fn invented(&mut self) -> String {
        let mut name = String::new();
        for _ in 0..2 + self.dice.below(2) {
            name.push_str(self.syllables[self.dice.below(self.syllables.len())]);
        }
        name[..1].to_uppercase() + &name[1..]
    }

    /// One name in twelve is one that hardly anybody else has.
    fn first(&mut self) -> String {
        if self.dice.below(12) == 0 { self.invented() } else { self.first.draw(&mut self.dice).to_owned() }
    }

    /// A third of the surnames are rare.
    fn last(&mut self) -> String {
        match self.dice.below(12) {
            0..=3 => self.invented() + ["son", "ez", "ski", "man", "berg", "ova", "ton", "wala"][self.dice.below(8)],
            4 => format!("{}-{}", self.last.draw(&mut self.dice), self.last.draw(&mut self.dice)),
            _ => self.last.draw(&mut self.dice).to_owned(),
        }
    }

    fn day(&mut self, year: usize) -> String {
        format!("{year}-{:02}-{:02}", 1 + self.dice.below(12), 1 + self.dice.below(28))
    }

    fn phone(&mut self) -> String {
        format!("555-{:03}-{:04}", 200 + self.dice.below(700), self.dice.below(10_000))
    }

    fn street(&mut self) -> String {
        let street = self.streets[self.dice.below(self.streets.len())];
        let way = WAYS[self.dice.below(6)].0;
        let unit = if self.chance(15) { format!(" Apt {}", 1 + self.dice.below(40)) } else { String::new() };
        format!("{} {street} {way}{unit}", 1 + self.dice.below(2400))
    }

    fn postcode(&mut self) -> String {
        format!("{:05}", 10_000 + self.dice.below(160) * 7)
    }

    fn email(&mut self, parent: &str, last: &str) -> String {
        let number = self.dice.below(900);
        let host = ["mail.example", "post.example", "home.example"][self.dice.below(3)];
        let last: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("{}.{}{number}@{host}", parent, last).to_lowercase()
    }

    /// One slip of the keyboard.
    fn slip(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        if letters.len() < 3 {
            return text.to_owned();
        }
        let at = 1 + self.dice.below(letters.len() - 1);
        let letter = char::from(b'a' + self.dice.below(26) as u8);
        match self.dice.below(4) {
            0 => letters[at] = letter,
            1 => letters.insert(at, letter),
            2 => {
                letters.remove(at);
            }
            _ => letters.swap(at - 1, at),
        }
        let slipped: String = letters.into_iter().collect();
        slipped[..1].to_uppercase() + &slipped[1..]
    }

    fn wrong_day(&mut self, day: &str) -> String {
        let (year, month, date) = (&day[..4], &day[5..7], &day[8..]);
        if self.chance(35) && date <= "12" {
            return format!("{year}-{date}-{month}");
        }
        let mut digits: Vec<char> = day.chars().collect();
        let at = [3, 6, 9][self.dice.below(3)];
        digits[at] = char::from(b'0' + self.dice.below(10) as u8);
        digits.into_iter().collect()
    }

    /// The second record of a person, as another office typed it.
    fn twice(&mut self, person: &Record, parents: &[String]) -> Record {
        let mut twice = person.clone();
        match self.dice.below(100) {
            0..=9 => twice.first = self.slip(&person.first),
            10..=19 => {
                let short: Vec<&str> = self.short.iter().filter(|(long, _)| *long == person.first).map(|(_, short)| *short).collect();
                match short.len() {
                    0 => twice.first = format!("{} {}", person.first, person.middle).trim().to_owned(),
                    many => twice.first = short[self.dice.below(many)].to_owned(),
                }
            }
            20 => (twice.first, twice.last) = (person.last.clone(), person.first.clone()),
            21 if !person.middle.is_empty() => twice.first = person.middle.clone(),
            _ => {}
        }
        match self.dice.below(100) {
            0..=7 => twice.last = self.slip(&person.last),
            8..=11 => twice.last = format!("{}-{}", person.last, self.last.draw(&mut self.dice)),
            12..=14 => twice.last = self.last(),
            15..=17 => twice.last = person.last.to_uppercase(),
            _ => {}
        }
        match self.dice.below(100) {
            0..=7 => twice.born = self.wrong_day(&person.born),
            8..=11 => twice.born.clear(),
            _ => {}
        }
        match self.dice.below(100) {
            0..=39 => twice.middle.clear(),
            40..=59 => twice.middle.truncate(1),
            60..=62 => twice.middle = self.slip(&person.middle),
            _ => {}
        }
        if self.chance(20) {
            (twice.street, twice.postcode) = (self.street(), self.postcode());
        } else if self.chance(40) {
            twice.street =
                WAYS.iter().fold(person.street.clone(), |street, (long, short)| street.replace(long, short)).replace("Apt ", "#");
        }
        match self.dice.below(100) {
            0..=19 => twice.phone = self.phone(),
            20..=34 => twice.phone.clear(),
            35..=49 => twice.phone = person.phone.replace('-', ""),
            _ => {}
        }
        match self.dice.below(100) {
            0..=24 => twice.email = parents[self.dice.below(parents.len())].clone(),
            25..=44 => twice.email.clear(),
            45..=49 => twice.email = self.slip(&person.email).to_lowercase(),
            _ => {}
        }
        if self.chance(1) {
            twice.gender = "";
        }
        twice
    }
}

/// `number` households.
pub fn generate(number: usize, seed: u64) -> World {
    let mut maker = Maker {
        dice: Prng::new(seed),
        first: Words::new(FIRST),
        last: Words::new(LAST),
        streets: STREETS.split_whitespace().collect(),
        syllables: SYLLABLES.split_whitespace().collect(),
        alike: pairs(ALIKE),
        short: pairs(SHORT),
    };
    let mut world = World { records: Vec::new(), truth: Vec::new(), relations: Vec::new() };
    let (mut siblings, mut twins, mut near, mut rare) = (Pairs::new(), Pairs::new(), Pairs::new(), Pairs::new());
    let (mut person, schools): (u32, Vec<String>) = (0, (0..40).map(|_| maker.phone()).collect());
    for _ in 0..number {
        let children = match maker.dice.below(100) {
            0..=51 => 1,
            52..=85 => 2,
            86..=96 => 3,
            _ => 4,
        };
        let last = maker.last();
        let (mother, father) = (maker.first(), maker.first());
        let parents = [maker.email(&mother, &last), maker.email(&father, &last)];
        let step = maker.chance(8).then(|| maker.last());
        let home = Record { phone: maker.phone(), postcode: maker.postcode(), street: maker.street(), ..Record::default() };
        let second_phone = maker.phone();
        let mut family: Vec<(Vec<u32>, Record)> = Vec::new();
        let mut year = 2007 + maker.dice.below(6);
        for child in 0..children {
            let mut record = Record {
                first: maker.first(),
                middle: if maker.chance(65) { maker.first() } else { String::new() },
                last: match &step {
                    Some(step) if child > 0 => step.clone(),
                    _ => last.clone(),
                },
                born: maker.day(year),
                gender: ["F", "M"][maker.dice.below(2)],
                phone: if maker.chance(85) { home.phone.clone() } else { second_phone.clone() },
                email: parents[usize::from(maker.chance(25))].clone(),
                ..home.clone()
            };
            year += 1 + maker.dice.below(4);
            let twin = child > 0 && maker.dice.below(1000) < 27;
            let mut kind = None;
            if let (true, Some((_, other))) = (twin, family.last_mut()) {
                record.born.clone_from(&other.born);
                record.last.clone_from(&other.last);
                kind = Some("twins of other names");
                if maker.dice.below(3) == 0 {
                    // Names that are alike; one pair in twenty has one that nobody else bears.
                    if maker.dice.below(20) == 0 {
                        record.first = maker.slip(&other.first);
                        kind = Some("alike, rare");
                    } else {
                        let (one, two) = maker.alike[maker.dice.below(maker.alike.len())];
                        (other.first, record.first) = (one.to_owned(), two.to_owned());
                        world.records[*family[child - 1].0.first().expect("the twin") as usize].first = one.to_owned();
                        kind = Some("alike");
                    }
                }
            }
            while family.iter().any(|(_, other)| other.first == record.first) {
                record.first = maker.first();
            }
            match maker.dice.below(100) {
                0..=1 => record.phone.clone_from(&schools[maker.dice.below(schools.len())]),
                2 => record.email = "none@none.example".to_owned(),
                3 => record.born = "2000-01-01".to_owned(),
                _ => {}
            }
            let mut rows = vec![world.records.len() as u32];
            world.records.push(record.clone());
            world.truth.push(person);
            for (place, (others, _)) in family.iter().enumerate() {
                let list = match kind {
                    Some("alike") if place + 1 == child => &mut near,
                    Some("alike, rare") if place + 1 == child => &mut rare,
                    Some(_) if place + 1 == child => &mut twins,
                    _ => &mut siblings,
                };
                list.push((others[0], rows[0]));
            }
            rows.truncate(1);
            family.push((rows, record));
            person += 1;
        }
        for (rows, _) in &family {
            if maker.chance(8) {
                let (original, person) = (world.records[rows[0] as usize].clone(), world.truth[rows[0] as usize]);
                let second = maker.twice(&original, &parents);
                world.records.push(second);
                world.truth.push(person);
            }
        }
    }
    world.relations = vec![
        ("brothers and sisters", siblings),
        ("twins, names of their own", twins),
        ("twins, names alike, both in use", near),
        ("twins, names alike, one that nobody else bears", rare),
    ];
    world.relations.iter_mut().for_each(|(_, pairs)| pairs.sort_unstable());
    world
}

impl World {
    /// The students as rows of a roster, whose ids are their numbers.
    pub fn csv(&self) -> String {
        let mut csv = "id,first_name,middle_name,last_name,birth_date,gender,phone,email,zip,street\n".to_owned();
        for (at, record) in self.records.iter().enumerate() {
            let Record { first, middle, last, born, gender, phone, email, postcode, street } = record;
            csv.push_str(&format!("{at},{first},{middle},{last},{born},{gender},{phone},{email},{postcode},{street}\n"));
        }
        csv
    }

    /// Per record, the person.
    pub fn truth(&self) -> &[u32] {
        &self.truth
    }

    pub fn table(&self, fields: Fields) -> Table {
        type Value = fn(&Record) -> &str;
        let mut columns: Vec<(&str, Type, Role, Value)> = vec![
            ("first_name", Type::Name, Role::Given, |record| &record.first),
            ("last_name", Type::Name, Role::Shared, |record| &record.last),
            ("birth_date", Type::Date, Role::Personal, |record| &record.born),
            ("phone", Type::Phone, Role::Shared, |record| &record.phone),
            ("email", Type::Email, Role::Shared, |record| &record.email),
            ("postcode", Type::Id, Role::Shared, |record| &record.postcode),
            ("street", Type::Text, Role::Shared, |record| &record.street),
        ];
        if fields == Fields::Roster {
            columns.push(("middle_name", Type::Name, Role::Personal, |record| &record.middle));
            columns.push(("gender", Type::Text, Role::Personal, |record| record.gender));
        }
        let columns = columns.into_iter().map(|(name, kind, role, value)| Column {
            field: field(name, kind, role),
            values: self.records.iter().map(|record| Some(value(record).to_owned()).filter(|value| !value.is_empty())).collect(),
        });
        Table { columns: columns.collect(), keys: Vec::new(), exchanged: vec![[0, 1]], truth: self.truth.clone(), sides: None }
    }
}
