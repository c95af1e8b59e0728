//! The words of the pages.

pub use crate::messages::Messages as Words;
