//! Stages the output, verifies it and swaps it in whole.
