//! What a linked image of a 32-bit core contains: its sections and its symbols.
//!
//! The ELF format in as much as a linker for Cortex-M writes it: 32 bits, little-endian. Everything is read by checked
//! offsets; a file that is something else gives an error and no panic.
//!
//! ```text
//!   header -> section headers -> .symtab -> symbols
//!                            `-> names  (.shstrtab, .strtab)
//! ```
#![forbid(unsafe_code)]

/// Bits of a section's flags.
const WRITE: u32 = 1;
const ALLOC: u32 = 2;
/// A section's type: occupies no bytes of the file.
const NOBITS: u32 = 8;
const SYMTAB: u32 = 2;
/// A symbol's type, in the low 4 bits of its info.
const OBJECT: u8 = 1;
const FUNC: u8 = 2;

/// What of a linked image matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// Bytes that lie in flash: code, constants, and what initialised variables start with.
    pub flash: u32,
    /// Bytes of RAM taken by variables, initialised or zeroed.
    pub ram: u32,
    /// Functions and variables.
    pub symbols: Vec<Symbol>,
}

/// A function or variable of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// As the linker has it.
    pub name: String,
    /// Where it is; several names may be one thing.
    pub at: u32,
    /// Bytes.
    pub size: u32,
}

impl Image {
    /// Reads a file's bytes.
    pub fn read(file: &[u8]) -> Result<Image, String> {
        parse(file).ok_or_else(|| "not the ELF file of a 32-bit little-endian core".into())
    }
}

struct Section {
    kind: u32,
    flags: u32,
    offset: usize,
    size: u32,
    link: u32,
}

fn parse(file: &[u8]) -> Option<Image> {
    // 1, 1: 32 bits, little-endian.
    if !file.starts_with(b"\x7fELF\x01\x01") {
        return None;
    }
    let (table, each, count) = (word(file, 0x20)?, half(file, 0x2e)?, half(file, 0x30)?);
    let header = |n: u16| section(file, table as usize + usize::from(n) * usize::from(each));
    let sections: Vec<Section> = (0..count).map(header).collect::<Option<_>>()?;
    let mut image = Image::default();
    for section in sections.iter().filter(|section| section.flags & ALLOC != 0) {
        if section.kind != NOBITS {
            image.flash = image.flash.checked_add(section.size)?;
        }
        if section.flags & WRITE != 0 {
            image.ram = image.ram.checked_add(section.size)?;
        }
    }
    for table in sections.iter().filter(|section| section.kind == SYMTAB) {
        let names = sections.get(table.link as usize)?;
        for at in (0..table.size as usize / 16).map(|n| table.offset + n * 16) {
            let kind = *file.get(at + 12)? & 15;
            let size = word(file, at + 8)?;
            if matches!(kind, OBJECT | FUNC) && size > 0 {
                let name = text(file, names.offset + word(file, at)? as usize)?;
                // Bit 0 of a function's address only says that it is Thumb code.
                image.symbols.push(Symbol { name, at: word(file, at + 4)? & !1, size });
            }
        }
    }
    Some(image)
}

fn section(file: &[u8], at: usize) -> Option<Section> {
    Some(Section {
        kind: word(file, at + 4)?,
        flags: word(file, at + 8)?,
        offset: word(file, at + 16)? as usize,
        size: word(file, at + 20)?,
        link: word(file, at + 24)?,
    })
}

fn text(file: &[u8], at: usize) -> Option<String> {
    let bytes = file.get(at..)?;
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

fn word(file: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*file.get(at..)?.first_chunk()?))
}

fn half(file: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*file.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of code (16 bytes), variables (8 in the file, 24 zeroed), and one function of 10 bytes.
    fn file() -> Vec<u8> {
        let names = b"\0work\0";
        let mut symbols = vec![0; 16];
        for word in [1u32, 0x0800_0001, 10, 2] {
            symbols.extend(word.to_le_bytes());
        }
        let mut file = vec![0; 0x34];
        file[..6].copy_from_slice(b"\x7fELF\x01\x01");
        let (symbols_at, names_at) = (0x34, 0x34 + symbols.len() as u32);
        let table = names_at + names.len() as u32;
        file[0x20..0x24].copy_from_slice(&table.to_le_bytes());
        file[0x2e..0x32].copy_from_slice(&[40, 0, 5, 0]);
        file.extend(&symbols);
        file.extend(names);
        let rows = [
            [1, ALLOC, 0, 16, 0],
            [1, ALLOC | WRITE, 0, 8, 0],
            [NOBITS, ALLOC | WRITE, 0, 24, 0],
            [SYMTAB, 0, symbols_at, symbols.len() as u32, 4],
            [3, 0, names_at, names.len() as u32, 0],
        ];
        for [kind, flags, offset, size, link] in rows {
            for word in [0, kind, flags, 0, offset, size, link, 0, 0, 0] {
                file.extend(word.to_le_bytes());
            }
        }
        file
    }

    #[test]
    fn flash_ram_and_symbols_are_read() {
        let image = Image::read(&file()).unwrap();
        assert_eq!((image.flash, image.ram), (24, 32));
        assert_eq!(image.symbols, [Symbol { name: "work".into(), at: 0x0800_0000, size: 10 }]);
    }

    #[test]
    fn any_other_bytes_are_an_error() {
        let whole = file();
        assert!(Image::read(b"").is_err() && Image::read(b"\x7fELF\x02\x01").is_err());
        // The last 12 bytes are fields of the last section that nobody reads.
        for len in 0..whole.len() - 12 {
            assert!(Image::read(&whole[..len]).is_err(), "{len} of {} bytes", whole.len());
        }
    }
}
