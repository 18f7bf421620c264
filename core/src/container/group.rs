//! One group of an index: eight slots, of which all eight are looked at together.
//!
//! ```text
//!   group   | tag 0 .. tag 7 (a byte each) | low 0 .. low 7 (2 bytes each) | high 0 .. high 7 (0, 1 or 2 bytes each) |
//!
//!   tag     0: never used     1: its entry was removed     else: 0x80 | the upper 7 bits of the hash
//!   low     twice the lowest 15 bits of the entry's number, and 1; means nothing beside the tags 0 and 1
//!   high    likewise what is above them
//! ```
//!
//! Parts are odd lest they read like the header of a used block: some may come to lie where an object was, and a handle to it would
//! come alive again.
//!
//! Eight tags are one word, compared without a branch to guess wrong: by a few instructions of integer arithmetic, which every core has, or
//! in a register of sixteen bytes, which every x86-64 has. A tag leads to a wrong entry once in some sixty searches.

#![forbid(unsafe_code)]

/// Slots of a group.
pub(super) const SLOTS: u32 = 8;
/// Bits of a number in its low part.
pub(super) const LOW: u32 = 15;
/// The tag of a slot whose entry was removed.
pub(super) const REMOVED: u8 = 1;

pub(super) const ONES: u64 = 0x0101_0101_0101_0101;
pub(super) const TOPS: u64 = ONES << 7;

/// What the tag of an entry with this hash is.
#[inline(always)]
pub(super) fn tag_of(hash: u32) -> u8 {
    0x80 | (hash >> 25) as u8
}

/// Eight times that.
#[inline(always)]
pub(super) fn tags_of(hash: u32) -> u64 {
    u64::from_le_bytes([tag_of(hash); 8])
}

/// The top bit of the first byte that is 0, if there is one. (And of some that are 1 behind it: a borrow passes them.)
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn zeros(bytes: u64) -> u64 {
    bytes.wrapping_sub(ONES) & !bytes & TOPS
}

/// The first lane whose tag is that of a hash; it may be another that only looks so, and hides none.
#[inline(always)]
pub(super) fn lane_like<const STRIDE: usize>(group: &[u64; STRIDE], hash: u32) -> Option<u32> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    return in_register(group[0], group[1], hash);
    #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
    return in_word(u64::from_le(group[0]), hash);
}

/// Of sixteen bytes, the first eight count.
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[inline(always)]
fn in_register(tags: u64, lows: u64, hash: u32) -> Option<u32> {
    let register = |words| bytemuck::cast::<[u64; 2], wide::u8x16>(words);
    let hits = register([tags, lows]).simd_eq(register([tags_of(hash), 0])).to_bitmask() & 0xff;
    if hits == 0 { None } else { Some(hits.trailing_zeros()) }
}

/// What differs from a used tag by 0x80 is the one; by 0x81, if a lane below borrows, it passes for it. A lane that was never used comes
/// behind all that were: so that is only met behind a removed one, or behind the one itself.
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
#[inline(always)]
fn in_word(tags: u64, hash: u32) -> Option<u32> {
    let like = u64::from_le_bytes([(hash >> 25) as u8; 8]);
    let hits = (tags ^ like).wrapping_sub(ONES | TOPS) & tags & TOPS;
    if hits == 0 { None } else { Some(hits.trailing_zeros() / 8) }
}

/// Whether a slot was never used, so that no search goes on from here. (Not by `zeros`: fewer constants take fewer registers from all
/// that is before.)
#[inline(always)]
pub(super) fn is_open<const STRIDE: usize>(group: &[u64; STRIDE]) -> bool {
    // Of a slot that was used, bit 7 or bit 0 is set.
    let tags = u64::from_le(group[0]);
    (tags | tags >> 7) & ONES != ONES
}

/// Twice the number in one slot of a group of so many granules. (Every lane has one; that it does is seen by the compiler, not by all.)
#[inline(always)]
pub(super) fn doubled_in<const STRIDE: usize>(group: &[u64; STRIDE], lane: u32) -> u32 {
    let lane = (lane & (SLOTS - 1)) as usize;
    let halves = bytemuck::cast_slice::<u64, u16>(group);
    let low = halves.get(4 + lane).map_or(0, |low| u16::from_le(*low) as u32);
    let high = match STRIDE {
        4 => bytemuck::cast_slice::<u64, u8>(group).get(24 + lane).map_or(0, |high| *high as u32),
        5 => halves.get(12 + lane).map_or(0, |high| u16::from_le(*high) as u32),
        _ => return low.wrapping_sub(1),
    };
    // Less the 1 of each.
    low.wrapping_add(high << LOW).wrapping_sub(1 << LOW | 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_zero_byte_is_found_and_no_byte_below_it() {
        assert_eq!(zeros(0x8181_8181_8181_8181), 0);
        assert_eq!(zeros(0x0181_8181_8181_8101), 0);
        for lane in 0..8 {
            let bytes = 0x8101_8101_8101_8101 & !(0xff << (8 * lane));
            assert_eq!(zeros(bytes).trailing_zeros(), 8 * lane + 7, "{lane}");
        }
    }

    #[test]
    fn a_tag_is_found_in_every_lane_beside_every_other_and_none_where_it_is_not() {
        let hash = |tag: u32| tag << 25;
        for tag in if cfg!(miri) { 1..3 } else { 0..128 } {
            for other in [0, 1, 0x80 | tag as u8 ^ 0x7f, 0x80 | tag as u8 ^ 1] {
                let others = u64::from_le_bytes([other; 8]);
                // Where none is the one, what looks so would be the lane behind one that borrows.
                assert_eq!(in_word(others, hash(tag)), None, "{tag} {other}");
                for lane in 0..8 {
                    let tags = others & !(0xff << (8 * lane)) | (tag_of(hash(tag)) as u64) << (8 * lane);
                    assert_eq!(in_word(tags, hash(tag)), Some(lane), "{tag} {other}");
                    assert_eq!(
                        lane_like(&[tags.to_le(), tags, tags], hash(tag)),
                        Some(lane),
                        "{tag} {other}"
                    );
                    assert_eq!(is_open(&[tags.to_le(), 0, 0]), other == 0, "{tag} {other}");
                }
            }
        }
        // Never hidden by one that passes for it.
        assert_eq!(in_word(0x8380_8201, hash(2)), Some(1));
        let first = if cfg!(all(target_arch = "x86_64", target_feature = "sse2")) { 3 } else { 1 };
        assert_eq!(lane_like(&[u64::to_le(0x8380_8201), 0, 0], hash(3)), Some(first));
    }
}
