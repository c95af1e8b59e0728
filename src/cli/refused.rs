//! A thread that the system refuses. Libraries start some where nobody can ask whether they may, and panic.

use super::Failure;
use crate::model::Message;
use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
};

/// How the standard library begins to say it.
const SAID: &str = "failed to spawn thread";

/// Runs a command. A thread refused to a library is told like every other failure of the machine: in a sentence, with exit
/// code 2; the output that was being made goes, the former one stays.
pub(super) fn told<T>(command: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let former = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if refused(info.payload()).is_none() {
            former(info);
        }
    }));
    match panic::catch_unwind(AssertUnwindSafe(command)) {
        Ok(outcome) => outcome,
        Err(payload) => match refused(&*payload) {
            Some(what) => Err(Message::new("failure.no_threads").with("what", what).into()),
            None => panic::resume_unwind(payload),
        },
    }
}

/// What a panic says of a refused thread; `None` for every other panic.
fn refused(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    text.filter(|text| text.starts_with(SAID))
}
