//! Generates a believable group with planted mistakes.
