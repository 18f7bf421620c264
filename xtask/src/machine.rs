//! Machines in QEMU: images in, log and exit status out.
//!
//! Both cores run at the same time, each on a thread of the host (`-accel tcg,thread=multi`): what one stores, the other may load
//! in the very next instruction. The firmware ends the machine by semihosting, and its status is QEMU's.
//!
//! QEMU loads segments of an ELF file that have no bytes in it, too: as zeros. The shared memory is such a segment, in the image of
//! each core (`NOLOAD`: a probe leaves it alone), so QEMU finds two things in one place and refuses. [`for_qemu`] makes copies
//! of the images without those segments.
#![forbid(unsafe_code)]

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::job::Step;

/// A kind of machine with two cores, and the board program for it.
pub struct Machine {
    /// In names of files.
    pub name: &'static str,
    /// The program that is it, and Debian's package of that.
    pub qemu: (&'static str, &'static str),
    /// Which machine, and of what.
    pub options: &'static str,
    /// What its code is compiled for.
    pub target: &'static str,
    /// The package with its images.
    pub package: &'static str,
    /// The image of each core.
    pub images: [&'static str; 2],
    /// Where the region lies.
    pub region: u32,
    /// Whether its cores log by defmt, too, into `core0.defmt` and `core1.defmt`.
    pub logs_by_defmt: bool,
}

/// Arm MPS2 with AN521: two Cortex-M33.
pub const AN521: Machine = Machine {
    name: "an521",
    qemu: ("qemu-system-arm", "qemu-system-arm"),
    options: "-M mps2-an521",
    target: "thumbv8m.main-none-eabi",
    package: "qemu-an521",
    images: ["core0", "core1"],
    region: 0x3000_0000,
    logs_by_defmt: true,
};

/// QEMU's own machine: two RISC-V harts.
pub const RISCV: Machine = Machine {
    name: "riscv",
    qemu: ("qemu-system-riscv32", "qemu-system-misc"),
    options: "-M virt -smp 2 -bios none",
    target: "riscv32imac-unknown-none-elf",
    package: "qemu-riscv-virt",
    images: ["hart0", "hart1"],
    region: 0x8040_0000,
    logs_by_defmt: false,
};

/// Seconds after which a machine that has not ended by itself is ended: several times what the longest run takes on a busy host.
const LIMIT: u64 = 120;

impl Machine {
    /// Starts it with one core, on which each instruction takes a nanosecond of the machine's time.
    pub fn count(&self, folder: &Path, image: &Path) -> Step {
        Step::new(self.qemu.0, self.options)
            .args("-icount shift=0 -display none -monitor none -serial none")
            .args("-semihosting-config enable=on,target=native -kernel")
            .arg(image)
            .folder(folder)
            .seconds(LIMIT)
    }

    /// Starts it in `folder` with `image` on its first core and these words as its command line.
    pub fn start(&self, folder: &Path, image: &Path, words: &[&str]) -> Step {
        let words: String = words.iter().map(|word| format!(",arg={word}")).collect();
        Step::new(self.qemu.0, self.options)
            .arg("-accel")
            .arg("tcg,thread=multi")
            .args("-display none -monitor none -serial none -semihosting-config")
            .arg(format!("enable=on,target=native{words}"))
            .arg("-kernel")
            .arg(image)
            .folder(folder)
            .seconds(LIMIT)
    }
}

/// More for a machine: an image for another core.
pub fn and_image(machine: Step, image: &Path) -> Step {
    machine.arg("-device").arg(format!("loader,file={}", image.display()))
}

/// More for a machine: bytes of a file at an address.
pub fn and_bytes(machine: Step, file: &str, address: u32) -> Step {
    machine.arg("-device").arg(format!("loader,file={file},addr={address:#x},force-raw=on"))
}

/// A copy of a 32-bit ELF image, in `folder`, without the segments that have no bytes.
pub fn for_qemu(image: &Path, folder: &Path, name: &str) -> io::Result<PathBuf> {
    let mut bytes = fs::read(image)?;
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "not a 32-bit little-endian ELF image");
    drop_empty_segments(&mut bytes).ok_or_else(damaged)?;
    let copy = folder.join(name);
    fs::write(&copy, bytes)?;
    Ok(copy)
}

/// `None` where it is no such image.
fn drop_empty_segments(elf: &mut [u8]) -> Option<()> {
    const LOAD: u32 = 1;
    const UNUSED: u32 = 0;
    if elf.get(..6)? != b"\x7fELF\x01\x01" {
        return None;
    }
    let word = |elf: &[u8], at: usize| Some(u32::from_le_bytes(*elf.get(at..)?.first_chunk()?));
    let half = |elf: &[u8], at: usize| Some(u16::from_le_bytes(*elf.get(at..)?.first_chunk()?));
    let (first, size, count) = (word(elf, 28)? as usize, half(elf, 42)?, half(elf, 44)?);
    for segment in 0..count {
        let at = first + usize::from(size) * usize::from(segment);
        let bytes_in_file = word(elf, at + 16)?;
        if word(elf, at)? == LOAD && bytes_in_file == 0 {
            elf.get_mut(at..at + 4)?.copy_from_slice(&UNUSED.to_le_bytes());
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_segments_without_bytes_are_dropped() {
        let mut elf = vec![0; 52 + 2 * 32];
        elf[..6].copy_from_slice(b"\x7fELF\x01\x01");
        elf[28] = 52;
        elf[42] = 32;
        elf[44] = 2;
        (elf[52], elf[52 + 16]) = (1, 8);
        elf[84] = 1;
        assert_eq!(drop_empty_segments(&mut elf), Some(()));
        assert_eq!((elf[52], elf[84]), (1, 0));
        assert_eq!(drop_empty_segments(&mut elf[..60]), None);
        assert_eq!(drop_empty_segments(&mut [0; 100]), None);
    }
}
