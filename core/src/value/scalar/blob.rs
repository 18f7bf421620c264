//! Blobs: bytes that mean something to whoever knows the codec; a leaf.
//!
//! ```text
//!   leaf   | length of the codec's name, 1 byte | name | data ...
//! ```

#![forbid(unsafe_code)]

/// Bytes in a form of somebody's own, with the name of that form: what another language has pickled, an image, a message of
/// another protocol. Nothing here looks inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Blob<'a> {
    /// What the bytes are to be read with: a name of up to 255 bytes, by agreement of those who share the region.
    pub codec: &'a str,
    /// The bytes.
    pub data: &'a [u8],
}

impl<'a> Blob<'a> {
    /// The length of the codec's name as it is stored; `None` if it is too long.
    pub(super) fn codec_len(self) -> Option<u8> {
        self.codec.len().try_into().ok()
    }

    pub(super) fn from_leaf(leaf: &'a [u8]) -> Option<Blob<'a>> {
        let (len, rest) = leaf.split_first()?;
        let (codec, data) = rest.split_at_checked(*len as usize)?;
        Some(Blob { codec: core::str::from_utf8(codec).ok()?, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_taken_apart_where_they_were_joined() {
        assert_eq!(
            Blob::from_leaf(b"\x06pickle\x80\x04."),
            Some(Blob { codec: "pickle", data: b"\x80\x04." })
        );
        assert_eq!(Blob::from_leaf(b"\0"), Some(Blob { codec: "", data: b"" }));
        for bad in [b"".as_slice(), b"\x02a", b"\x01\xff"] {
            assert_eq!(Blob::from_leaf(bad), None);
        }
    }
}
