//! The values of one row. A sheet's definition has many more columns than a sheet, so empty cells take no room.

use super::Value;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};
use std::{fmt, ops::Index};

/// One value for each column of the sheet's definition, in its order.
#[derive(Clone, Default, PartialEq)]
pub struct RowValues {
    /// How many there are.
    len: u32,
    /// Which of the first [`MARKED`] are not empty.
    filled: [u64; 2],
    /// Those, then all behind the first [`MARKED`].
    held: Box<[Value]>,
}

/// Columns that take no room where they are empty. Only a group that extends a sheet far has more.
const MARKED: usize = 128;

static EMPTY: Value = Value::Null;

impl RowValues {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there is none, not even an empty one.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One of them; `None` behind the last.
    pub fn get(&self, index: usize) -> Option<&Value> {
        if index >= self.len() {
            return None;
        }
        let [low, high] = self.filled.map(|word| word.count_ones() as usize);
        if index >= MARKED {
            return self.held.get(low + high + index - MARKED);
        }
        let (word, bit) = (self.filled[index / 64], index % 64);
        if word >> bit & 1 == 0 {
            return Some(&EMPTY);
        }
        let before = (word & ((1 << bit) - 1)).count_ones() as usize;
        self.held.get(before + if index < 64 { 0 } else { low })
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Value> + Clone {
        (0..self.len()).map(|index| &self[index])
    }

    /// Empties one of them.
    pub fn clear(&mut self, index: usize) {
        *self =
            self.iter().enumerate().map(|(at, value)| if at == index { Value::Null } else { value.clone() }).collect();
    }
}

impl Index<usize> for RowValues {
    type Output = Value;

    fn index(&self, index: usize) -> &Value {
        self.get(index).unwrap_or_else(|| panic!("value {index} of {}", self.len))
    }
}

impl FromIterator<Value> for RowValues {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> RowValues {
        let (mut len, mut filled, mut held) = (0, [0; 2], Vec::new());
        for (at, value) in values.into_iter().enumerate() {
            len += 1;
            if at >= MARKED {
                held.push(value);
            } else if !value.is_null() {
                filled[at / 64] |= 1 << (at % 64);
                held.push(value);
            }
        }
        RowValues { len, filled, held: held.into_boxed_slice() }
    }
}

impl From<Vec<Value>> for RowValues {
    fn from(values: Vec<Value>) -> RowValues {
        values.into_iter().collect()
    }
}

impl fmt::Debug for RowValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for RowValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for RowValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = RowValues;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("values")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<RowValues, A::Error> {
                std::iter::from_fn(|| values.next_element().transpose()).collect()
            }
        }
        deserializer.deserialize_seq(Values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_the_list_that_they_are_made_of(numbers in proptest::collection::vec(proptest::option::of(0..9_i64), 0..200)) {
            let all: Vec<Value> = numbers.iter().map(|n| n.map_or(Value::Null, Value::Int)).collect();
            let values = RowValues::from(all.clone());
            prop_assert_eq!(values.len(), all.len());
            prop_assert!(values.iter().eq(&all));
            prop_assert_eq!(values.get(all.len()), None);
            let kept = postcard::to_stdvec(&values).expect("written");
            prop_assert_eq!(&kept, &postcard::to_stdvec(&all).expect("written"), "as a list is written");
            prop_assert_eq!(postcard::from_bytes::<RowValues>(&kept).expect("read"), values.clone());
            if !all.is_empty() {
                let (mut cleared, mut emptied) = (values, all);
                let at = emptied.len() / 2;
                cleared.clear(at);
                emptied[at] = Value::Null;
                prop_assert_eq!(cleared, RowValues::from(emptied));
            }
        }
    }
}
