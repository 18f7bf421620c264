//! What particular chips have: locks in hardware, and mailboxes. One file a chip, each behind its feature.
//!
//! A lock is an [`Arbiter`](cohabit::Arbiter), a mailbox a [`Mailbox`](crate::Mailbox). All of them are written over
//! [`Registers`](crate::Registers), so that a test can play the hardware.

#[cfg(feature = "cortex-m")]
pub mod cortex_m7;
#[cfg(feature = "nrf5340")]
pub mod nrf5340;
#[cfg(feature = "riscv")]
pub mod riscv;
#[cfg(any(feature = "rp2040", feature = "rp2350"))]
pub mod rp;
#[cfg(feature = "stm32h7")]
pub mod stm32h7;
