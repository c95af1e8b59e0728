//! What the first page says is to be done, by who has to do it.

use super::super::{
    Catalog,
    source::{Problem, Source},
};
use crate::model::{Message, Text};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

/// Lines of the first page: more than seven are no longer seen at a glance.
const MOST: usize = 7;

/// One line: who has to do what.
#[derive(Clone, Debug)]
pub struct Todo {
    /// What it counts.
    pub of: TodoOf,
    /// Who has to do it.
    pub owner: Text,
    /// What there is to do.
    pub verb: Text,
}

/// What a line counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TodoOf {
    /// Stores that owe sheets of the week that is due.
    Reports,
    /// Workbooks of which nothing could be read.
    Unread,
    /// Rows that errors keep out.
    Errors,
    /// Targets missed in the month of the figures.
    Missed,
    /// Rows past their day on these worklists.
    Lists(Vec<Arc<str>>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TodoWritten {
    of: Spanned<Of>,
    owner: Text,
    verb: Text,
    #[serde(default)]
    lists: Vec<Spanned<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    Reports,
    Unread,
    Errors,
    Missed,
    Lists,
}

/// Reads the lines; a list that is not there is a mistake, except that what a group's own definitions left out of ours is not
/// told.
pub(super) fn read(source: &Source, written: Vec<TodoWritten>, catalog: &Catalog) -> Result<Vec<Todo>, Problem> {
    if let Some(over) = written.get(MOST) {
        return Err(source.problem(&over.of.span(), Message::new("definition.todos").with("most", MOST as u64)));
    }
    let mut todos = Vec::new();
    for line in written {
        let of = match line.of.get_ref() {
            Of::Lists => {
                let mut lists = Vec::new();
                for id in &line.lists {
                    match catalog.worklist(id.get_ref()) {
                        Some(list) => lists.push(list.id.clone()),
                        None if source.ours => {}
                        None => {
                            let what = Message::new("definition.no_worklist").with("name", id.get_ref());
                            return Err(source.problem(&id.span(), what));
                        }
                    }
                }
                TodoOf::Lists(lists)
            }
            of => {
                if let Some(list) = line.lists.first() {
                    let what = Message::new("definition.todo_lists").with("name", list.get_ref());
                    return Err(source.problem(&list.span(), what));
                }
                match of {
                    Of::Reports => TodoOf::Reports,
                    Of::Unread => TodoOf::Unread,
                    Of::Errors => TodoOf::Errors,
                    Of::Missed | Of::Lists => TodoOf::Missed,
                }
            }
        };
        todos.push(Todo { of, owner: line.owner, verb: line.verb });
    }
    Ok(todos)
}
