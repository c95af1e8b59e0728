//! Texts that are the same, kept once while something is decoded.

use serde::{Deserializer, de::Visitor};
use std::{cell::RefCell, collections::HashSet, fmt, sync::Arc};

thread_local! {
    static KNOWN: RefCell<Option<HashSet<Arc<str>>>> = const { RefCell::new(None) };
}

/// Longer texts seldom repeat.
const SHORT: usize = 64;

/// Decodes with texts that share their memory: what was written repeats a model or a name in every row.
pub fn sharing<T>(decode: impl FnOnce() -> T) -> T {
    KNOWN.set(Some(HashSet::new()));
    let decoded = decode();
    KNOWN.set(None);
    decoded
}

/// Decodes one text.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    struct Text;
    impl Visitor<'_> for Text {
        type Value = Arc<str>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E>(self, text: &str) -> Result<Arc<str>, E> {
            let shared = |known: &mut Option<HashSet<Arc<str>>>| {
                let known = known.as_mut().filter(|_| text.len() <= SHORT)?;
                if let Some(same) = known.get(text) {
                    return Some(same.clone());
                }
                let fresh: Arc<str> = text.into();
                known.insert(fresh.clone());
                Some(fresh)
            };
            Ok(KNOWN.with_borrow_mut(shared).unwrap_or_else(|| text.into()))
        }
    }
    deserializer.deserialize_str(Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Value;

    #[test]
    fn texts_that_are_the_same_are_kept_once() {
        let written =
            postcard::to_stdvec(&vec![Value::from("a"), Value::from("b"), Value::from("a")]).expect("written");
        let read = || postcard::from_bytes::<Vec<Value>>(&written).expect("read");
        let one = |values: &[Value]| match (&values[0], &values[2]) {
            (Value::Text(one), Value::Text(other)) => Arc::ptr_eq(one, other),
            _ => false,
        };
        assert!(one(&sharing(read)));
        assert!(!one(&read()), "only while asked for");
        assert_eq!(sharing(read), read());
    }
}
