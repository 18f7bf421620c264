//! The hashes of keys: one for cores that multiply 64-bit numbers, one for those that do not.
//!
//! | kind | what | where it is at home |
//! |---:|---|---|
//! | 1 | [rapidhash] version 3, *micro* with avalanche: two multiplications of 64 by 64 bits for up to 16 bytes; less of a number | desktop, 64-bit cores |
//! | 2 | [HalfSipHash]-1-3: additions, rotations and exclusive ors of 32-bit numbers; 8 bytes of key | Cortex-M0+, 32-bit cores |
//!
//! A region's header names the kind, and a party that lacks it declines to open the region. Both are keyed by the header's seed.
//!
//! For a number of 64 bits, rapidhash's way is a detour: it is multiplied by a secret, the halves of the product are combined (here
//! [foldhash] ends), and that is multiplied by another secret, of which the upper bytes count. That is half of the instructions. Without
//! the second multiplication numbers at equal distances crowd in some groups; `docs/DESIGN.md` has figures.
//!
//! [rapidhash]: https://github.com/Nicoshev/rapidhash
//! [HalfSipHash]: https://github.com/veorq/SipHash
//! [foldhash]: https://github.com/orlp/foldhash

#![forbid(unsafe_code)]

#[cfg(all(feature = "containers", feature = "rapidhash"))]
use rapidhash::v3::{RapidSecrets, rapidhash_v3_micro_inline};

#[cfg(all(feature = "containers", not(any(feature = "rapidhash", feature = "halfsiphash"))))]
compile_error!("maps need a hash: enable the feature `rapidhash` or `halfsiphash`");

/// How the maps of a region hash their keys. All parties have to have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum HashKind {
    /// rapidhash, of the feature `rapidhash`: the fastest on 64-bit cores.
    Rapid,
    /// HalfSipHash-1-3, of the feature `halfsiphash`: small, and quick on cores without a long multiply.
    HalfSip,
}

impl HashKind {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Rapid => 1,
            Self::HalfSip => 2,
        }
    }

    /// The kind of this number, if this build has it. Without maps, none is needed.
    pub(crate) const fn from_number(number: u8) -> Option<HashKind> {
        match number {
            1 if cfg!(any(feature = "rapidhash", not(feature = "containers"))) => Some(Self::Rapid),
            2 if cfg!(any(feature = "halfsiphash", not(feature = "containers"))) => Some(Self::HalfSip),
            _ => None,
        }
    }
}

/// The key of a hash, apart from its kind: together they would take more room than one after the other.
#[cfg(feature = "containers")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct HashKey {
    /// HalfSipHash only takes the seed of these.
    #[cfg(feature = "rapidhash")]
    secrets: RapidSecrets,
    #[cfg(not(feature = "rapidhash"))]
    seed: u64,
}

#[cfg(feature = "containers")]
impl HashKey {
    #[cfg(feature = "rapidhash")]
    pub(crate) const fn new(kind: HashKind, seed: u64) -> HashKey {
        let secrets = match kind {
            HashKind::Rapid => RapidSecrets::seed(seed),
            HashKind::HalfSip => RapidSecrets { seed, secrets: [0; 7] },
        };
        HashKey { secrets }
    }

    #[cfg(not(feature = "rapidhash"))]
    pub(crate) const fn new(_: HashKind, seed: u64) -> HashKey {
        HashKey { seed }
    }

    /// The hash of a number of 64 bits, by a kind that this build has.
    #[inline(always)]
    pub(crate) fn hash_number(&self, kind: HashKind, number: u64) -> u32 {
        #[cfg(feature = "rapidhash")]
        if let HashKind::Rapid = kind {
            let [factor, other, ..] = self.secrets.secrets;
            let product = (number ^ self.secrets.seed) as u128 * factor as u128;
            let folded = product as u64 ^ (product >> 64) as u64;
            // All bits below have a part in a bit of a product: the highest are to say where a search begins.
            return folded.wrapping_mul(other).swap_bytes() as u32;
        }
        self.hash(kind, &number.to_le_bytes())
    }

    /// By a kind that this build has; another is refused before anything is hashed.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn hash(&self, kind: HashKind, bytes: &[u8]) -> u32 {
        match kind {
            #[cfg(feature = "rapidhash")]
            HashKind::Rapid => rapid(&self.secrets, bytes),
            #[cfg(all(feature = "rapidhash", feature = "halfsiphash"))]
            HashKind::HalfSip => half_sip::<1, 3>(self.secrets.seed, bytes),
            #[cfg(all(feature = "rapidhash", not(feature = "halfsiphash")))]
            HashKind::HalfSip => rapid(&self.secrets, bytes),
            #[cfg(not(feature = "rapidhash"))]
            HashKind::Rapid | HashKind::HalfSip => half_sip::<1, 3>(self.seed, bytes),
        }
    }
}

#[cfg(all(feature = "containers", feature = "rapidhash"))]
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn rapid(secrets: &RapidSecrets, bytes: &[u8]) -> u32 {
    rapidhash_v3_micro_inline::<true, false>(bytes, secrets) as u32
}

/// HalfSipHash with so many rounds after each 4 bytes and at the end.
#[cfg(all(feature = "containers", feature = "halfsiphash"))]
#[inline(never)]
fn half_sip<const EACH: u32, const LAST: u32>(key: u64, bytes: &[u8]) -> u32 {
    let (low, high) = (key as u32, (key >> 32) as u32);
    let mut state = [low, high, low ^ 0x6c79_6765, high ^ 0x7465_6462];
    let words = bytes.chunks_exact(4);
    // What is left of the bytes, and their number on top.
    let last = words.remainder().iter().rev().fold(0, |word, byte| word << 8 | *byte as u32);
    let last = last | (bytes.len() as u32) << 24;
    for word in
        words.filter_map(|word| word.first_chunk()).map(|word| u32::from_le_bytes(*word)).chain([last])
    {
        state[3] ^= word;
        rounds(&mut state, EACH);
        state[0] ^= word;
    }
    state[2] ^= 0xff;
    rounds(&mut state, LAST);
    state[1] ^ state[3]
}

#[cfg(all(feature = "containers", feature = "halfsiphash"))]
fn rounds([a, b, c, d]: &mut [u32; 4], count: u32) {
    for _ in 0..count {
        *a = a.wrapping_add(*b);
        *b = b.rotate_left(5) ^ *a;
        *a = a.rotate_left(16);
        *c = c.wrapping_add(*d);
        *d = d.rotate_left(8) ^ *c;
        *a = a.wrapping_add(*d);
        *d = d.rotate_left(7) ^ *a;
        *c = c.wrapping_add(*b);
        *b = b.rotate_left(13) ^ *c;
        *c = c.rotate_left(16);
    }
}

#[cfg(all(test, feature = "containers"))]
mod tests {
    use super::*;

    #[cfg(feature = "halfsiphash")]
    #[test]
    fn half_sip_hash_is_what_was_published() {
        const KEY: u64 = 0x0706_0504_0302_0100;
        const BYTES: [u8; 8] = [0, 1, 2, 3, 4, 5, 6, 7];
        // The first of the reference's (2-4) and of the Linux kernel's (1-3).
        let reference = [0x5b9f_35a9, 0xb85a_4727, 0x03a6_62fa, 0x04e7_fe8a, 0x8946_6e2a, 0x69b6_fac5];
        let kernel = [0x5814_c896, 0xe7e8_64ca, 0xbc4b_0e30, 0x0153_9939, 0x7e05_9ea6, 0x88e3_d89b];
        for len in 0..6 {
            assert_eq!(half_sip::<2, 4>(KEY, &BYTES[..len]), reference[len], "{len}");
            assert_eq!(half_sip::<1, 3>(KEY, &BYTES[..len]), kernel[len], "{len}");
        }
    }

    /// Keys of many patterns spread over groups, tags and both as evenly as random numbers would. (Statistics, of no memory:
    /// Miri would need ten minutes for them.)
    #[cfg(not(miri))]
    #[test]
    fn patterns_of_keys_spread_evenly() {
        fn spread(kind: HashKind, seed: u64, key: impl Fn(u64) -> u64) {
            let secrets = HashKey::new(kind, seed);
            spread_by(|i| secrets.hash(kind, &key(i).to_le_bytes()), 128 * 32 * 3 / 2, (kind, seed));
            // Tags of numbers are less even: they only save looks at other keys.
            spread_by(|i| secrets.hash_number(kind, key(i)), 128 * 32 * 4, (kind, seed));
        }
        fn spread_by(hash: impl Fn(u64) -> u32, uneven_tags: u32, what: (HashKind, u64)) {
            // By low bits alone, by high bits alone, and by both together, as searches see them.
            let (mut groups, mut tags, mut both) = ([0u32; 256], [0u32; 128], [0u32; 8 * 128]);
            for i in 0..4096 {
                let hash = hash(i) as usize;
                groups[hash & 255] += 1;
                tags[hash >> 25] += 1;
                both[hash & 7 | hash >> 25 << 3] += 1;
            }
            // 16, 32 and 4 a place expected, deviations of 4, 5.7 and 2: sums of squares are near places * expected.
            let squares = |counts: &[u32], expected: u32| -> u32 {
                counts.iter().map(|count| count.abs_diff(expected).pow(2)).sum()
            };
            assert!(squares(&groups, 16) < 256 * 16 * 3 / 2, "{what:?}");
            assert!(squares(&tags, 32) < uneven_tags, "{what:?}");
            assert!(squares(&both, 4) < 1024 * 4 * 3 / 2, "{what:?}");
        }
        for kind in [1, 2].into_iter().filter_map(HashKind::from_number) {
            for seed in 0..8 {
                spread(kind, seed, |i| i);
                spread(kind, seed, |i| i.wrapping_neg());
                for shift in [3, 8, 12, 20, 32, 44, 52] {
                    spread(kind, seed, |i| i << shift);
                }
                for step in [3, 10, 1000, 1_000_003, 0x1_0001, 0x1_0000_0001] {
                    spread(kind, seed, |i| i * step);
                }
                spread(kind, seed, |i| (i & 63) << 40 | i >> 6);
                spread(kind, seed, |i| (i as f64).to_bits());
                spread(kind, seed, |i| (i as f64 + 0.5).to_bits());
                spread(kind, seed, |i| (1.0 / (i + 3) as f64).to_bits());
            }
        }
    }
}
