//! What occurs more than once among millions, by its hash.

/// Items that are told apart at once, so that what is kept of them stays small.
const ROUND: usize = 1 << 21;
/// Parts of a round, each so small that it stays in the processor's cache.
const PARTS: usize = 256;

/// The items whose hash occurs more than once, in no order, and some whose hash does not: what shares a bit by chance is for the caller to compare. `each` is
/// asked for all `count` items, some times over, and must give the same ones.
pub(super) fn twice<T>(count: usize, each: impl Fn(&mut dyn FnMut(u64, T))) -> Vec<T> {
    let rounds = count.div_ceil(ROUND).max(1);
    let mut parts: Vec<Vec<(u32, T)>> = (0..PARTS).map(|_| Vec::new()).collect();
    let mut found = Vec::new();
    for round in 0..rounds {
        each(&mut |hash, item| {
            // The upper half says the part, as a fraction of all; the rest tells hashes of a part apart.
            let part = (((hash >> 32) * (rounds * PARTS) as u64) >> 32) as usize;
            if part / PARTS == round {
                parts[part % PARTS].push((hash as u32, item));
            }
        });
        for part in &mut parts {
            let mut filter = Filter::new(part.len() * 16);
            part.iter().for_each(|(hash, _)| filter.add(*hash));
            found.extend(part.drain(..).filter(|(hash, _)| filter.repeated(*hash)).map(|(_, item)| item));
        }
    }
    found
}

/// Which hashes came once, and which more often, give or take those that share a bit.
struct Filter {
    once: Vec<u64>,
    twice: Vec<u64>,
}

impl Filter {
    fn new(bits: usize) -> Self {
        let words = bits.next_power_of_two().max(64) / 64;
        Filter { once: vec![0; words], twice: vec![0; words] }
    }

    fn place(&self, hash: u32) -> (usize, u64) {
        // The lowest bits of a product are mixed least.
        let bit = (hash >> 8) as usize & (self.once.len() * 64 - 1);
        (bit / 64, 1 << (bit % 64))
    }

    fn add(&mut self, hash: u32) {
        let (word, bit) = self.place(hash);
        self.twice[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }

    fn repeated(&self, hash: u32) -> bool {
        let (word, bit) = self.place(hash);
        self.twice[word] & bit != 0
    }
}
