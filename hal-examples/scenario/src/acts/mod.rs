//! The acts. In each file the leader's part and the follower's stand side by side: read it to see what the region is for.

pub mod count;
pub mod desktop;
#[allow(unsafe_code)]
pub mod faults;
pub mod full;
pub mod live;
pub mod messages;
pub mod reset;
