//! Numbers that are the same on every machine.

/// Spreads the bits of a number: the finaliser of splitmix64.
pub fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of numbers: splitmix64.
pub struct Prng(u64);

impl Prng {
    pub fn new(seed: u64) -> Self {
        Prng(mix(seed))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number under `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }
}

/// A shuffle without a table: sends 0..prime onto itself, so that numbers in order become numbers without one.
#[derive(Clone, Copy)]
pub struct Shuffle {
    pub prime: u64,
    factor: u64,
}

impl Shuffle {
    /// Of the numbers under the first prime from `least` up.
    pub fn at_least(least: u64) -> Self {
        Self::of((least.max(3)..).find(|number| is_prime(*number)).unwrap_or(3))
    }

    /// Of the numbers under the last prime up to `most`.
    pub fn at_most(most: u64) -> Self {
        Self::of((3..=most).rev().find(|number| is_prime(*number)).unwrap_or(3))
    }

    fn of(prime: u64) -> Self {
        // The golden section of the range keeps neighbours far apart.
        Shuffle { prime, factor: (prime as u128 * 618_033_988 / 1_000_000_000) as u64 | 1 }
    }

    pub fn send(self, number: u64) -> u64 {
        debug_assert!(number < self.prime);
        (u128::from(number + 1) * u128::from(self.factor) % u128::from(self.prime)) as u64
    }
}

fn is_prime(number: u64) -> bool {
    number > 1 && (2..).take_while(|by| by * by <= number).all(|by| !number.is_multiple_of(by))
}
