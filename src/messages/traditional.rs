//! Traditional Chinese from simplified, here and nowhere else.

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use std::sync::OnceLock;

/// Simplified Chinese as Taiwan writes and says it. The dictionary is built at the first call; should it not load, the
/// text stays as it is.
pub(super) fn converted(simplified: &str) -> String {
    static TAIWAN: OnceLock<Option<OpenCC>> = OnceLock::new();
    let dictionary = TAIWAN.get_or_init(|| OpenCC::from_config(BuiltinConfig::S2twp).ok());
    dictionary.as_ref().map_or_else(|| simplified.to_owned(), |dictionary| dictionary.convert(simplified))
}
