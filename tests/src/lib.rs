//! What the black-box suites share.
//!
//! | module | idea |
//! |---|---|
