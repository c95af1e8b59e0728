//! Derives facts per store from its accepted rows: pure functions from rows to rows.
