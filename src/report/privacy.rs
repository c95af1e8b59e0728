//! What of a customer a page may show. Values arrive masked; this is the second lock on the same door, so that a
//! definition or a stage that forgets to mask cannot leak through a page.

use crate::{
    catalog::Catalog,
    model::{
        PersonalClass,
        personal::{is_masked, mask, mask_inside},
    },
    project::settings::Audience,
};
use std::borrow::Cow;

/// The personal class of a fact's column.
pub(crate) fn class_of(catalog: &Catalog, fact: &str, column: &str) -> Option<PersonalClass> {
    catalog.personal_class(fact, column)
}

/// Whether a column may be shown at all: HQ sees neither names nor free text, plates or birthdays, not even masked.
pub(crate) fn shown(class: Option<PersonalClass>, audience: Audience) -> bool {
    use PersonalClass::{Birthday, Name, Plate, Text};
    !(audience == Audience::Hq && matches!(class, Some(Name | Plate | Birthday | Text)))
}

/// A value as it may be shown: what its mask leaves stays, whatever else is masked.
pub(crate) fn masked(class: Option<PersonalClass>, value: &str) -> Cow<'_, str> {
    match class {
        Some(class) if value.is_empty() || is_masked(class, value) => value.into(),
        Some(class) => mask(class, value).into(),
        None => mask_inside(value),
    }
}
