//! `definitions/story.toml`: what the group's page and the packs show first, in which words and order.

mod todo;

pub use todo::{Todo, TodoOf};

use super::{
    Catalog, Kpi,
    kpi::FUNCTIONS,
    source::{Problem, Source},
};
use crate::model::{Message, Text};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

/// What is told first.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// KPIs of the cards, in order.
    headlines: Vec<Arc<str>>,
    /// The KPI that stands for the whole.
    standing: Option<Arc<str>>,
    /// Shares of things done in time, drawn together.
    timely: Vec<Arc<str>>,
    funnel: Vec<FunnelStep>,
    ladder: Option<Ladder>,
    topics: Vec<Topic>,
    /// What is to be done, by who has to do it.
    todos: Vec<Todo>,
    /// The department's functions, which KPIs name by number.
    functions: Vec<Text>,
    /// What the topic of KPIs without one is called.
    untitled: Text,
}

/// One step of the funnel: a sum that a KPI holds.
#[derive(Clone, Debug)]
pub struct FunnelStep {
    /// The KPI.
    pub kpi: Arc<str>,
    /// Which of its sums.
    pub sum: Side,
    /// What the step is called.
    pub title: Text,
}

/// One of a KPI's two sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The numerator.
    Numerator,
    /// The denominator.
    Denominator,
}

/// Owners by how long they have stayed away.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// The worklist whose rows are counted.
    pub list: Arc<str>,
    /// Which of its further columns says the stage: a position in [`super::Worklist::extra`].
    pub column: usize,
    /// The stages from near to far.
    pub stages: Vec<Stage>,
}

/// A stage of the ladder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The column's value.
    pub value: String,
    /// What readers see.
    pub title: Text,
}

/// A function of the department, which KPIs name as their `topic`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The word in definitions.
    pub id: Arc<str>,
    /// What readers see.
    pub title: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoryWritten {
    headlines: Option<Vec<Spanned<String>>>,
    standing: Option<Spanned<String>>,
    timely: Option<Vec<Spanned<String>>>,
    funnel: Option<Vec<StepWritten>>,
    ladder: Option<LadderWritten>,
    untitled: Option<Text>,
    #[serde(default)]
    topic: Vec<Topic>,
    todo: Option<Vec<todo::TodoWritten>>,
    functions: Option<Spanned<Vec<Text>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepWritten {
    kpi: Spanned<String>,
    sum: Side,
    title: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LadderWritten {
    list: Spanned<String>,
    column: Spanned<String>,
    stages: Vec<Stage>,
}

/// Reads a story over the one before it: what it gives replaces, its topics add.
pub(super) fn read_story(source: &Source, catalog: &Catalog, before: &Story) -> Result<Story, Problem> {
    let written: StoryWritten = source.read()?;
    let one = |id: &Spanned<String>| match catalog.kpi(id.get_ref()) {
        Some(kpi) => Ok(kpi.id.clone()),
        None => Err(source.problem(&id.span(), Message::new("definition.no_kpi").with("name", id.get_ref()))),
    };
    let all = |ids: &Option<Vec<Spanned<String>>>, otherwise: &[Arc<str>]| match ids {
        Some(ids) => ids.iter().map(one).collect::<Result<Vec<_>, _>>(),
        None => Ok(otherwise.to_vec()),
    };
    let step = |step: &StepWritten| Ok(FunnelStep { kpi: one(&step.kpi)?, sum: step.sum, title: step.title.clone() });
    let ladder = match &written.ladder {
        // What a group's own list no longer shows is not told.
        Some(ladder) if source.ours => read_ladder(source, ladder, catalog).ok(),
        Some(ladder) => Some(read_ladder(source, ladder, catalog)?),
        None => before.ladder.clone(),
    };
    let mut topics = before.topics.clone();
    for topic in written.topic {
        match topics.iter_mut().find(|known| known.id == topic.id) {
            Some(known) => *known = topic,
            None => topics.push(topic),
        }
    }
    let functions = match written.functions {
        None => before.functions.clone(),
        Some(own) if own.get_ref().len() != usize::from(FUNCTIONS) => {
            let what = Message::new("definition.functions").with("most", u64::from(FUNCTIONS));
            return Err(source.problem(&own.span(), what));
        }
        Some(own) => own.into_inner(),
    };
    Ok(Story {
        headlines: all(&written.headlines, &before.headlines)?,
        standing: written.standing.as_ref().map(one).transpose()?.or(before.standing.clone()),
        timely: all(&written.timely, &before.timely)?,
        funnel: match &written.funnel {
            Some(steps) => steps.iter().map(step).collect::<Result<_, _>>()?,
            None => before.funnel.clone(),
        },
        ladder,
        topics,
        todos: match written.todo {
            Some(lines) => todo::read(source, lines, catalog)?,
            None => before.todos.clone(),
        },
        functions,
        untitled: written.untitled.unwrap_or_else(|| before.untitled.clone()),
    })
}

fn read_ladder(source: &Source, ladder: &LadderWritten, catalog: &Catalog) -> Result<Ladder, Problem> {
    let Some(list) = catalog.worklist(ladder.list.get_ref()) else {
        let what = Message::new("definition.no_worklist").with("name", ladder.list.get_ref());
        return Err(source.problem(&ladder.list.span(), what));
    };
    let Some(column) = list.extra.iter().position(|(column, _)| **column == **ladder.column.get_ref()) else {
        let what = Message::new("definition.not_shown").with("list", &list.id).with("column", ladder.column.get_ref());
        return Err(source.problem(&ladder.column.span(), what));
    };
    Ok(Ladder { list: list.id.clone(), column, stages: ladder.stages.clone() })
}

impl Catalog {
    /// The KPIs that come first, in order.
    pub fn headlines(&self) -> Vec<&Kpi> {
        self.story.headlines.iter().filter_map(|id| self.kpi(id)).collect()
    }

    /// The KPI that stands for the whole; where the story names none, the first share there is.
    pub fn standing(&self) -> Option<&Kpi> {
        let named = self.story.standing.as_ref().and_then(|id| self.kpi(id));
        named.or_else(|| self.kpis.iter().find(|kpi| kpi.unit.is_share())).or(self.kpis.first())
    }

    /// The shares of things done in time that are drawn together.
    pub fn timely(&self) -> Vec<&Kpi> {
        self.story.timely.iter().filter_map(|id| self.kpi(id)).collect()
    }

    /// The steps of the funnel, each with its KPI.
    pub fn funnel(&self) -> Vec<(&FunnelStep, &Kpi)> {
        self.story.funnel.iter().filter_map(|step| Some((step, self.kpi(&step.kpi)?))).collect()
    }

    /// The churn ladder, where the catalogue has its list.
    pub fn ladder(&self) -> Option<&Ladder> {
        self.story.ladder.as_ref().filter(|ladder| self.worklist(&ladder.list).is_some())
    }

    /// What is to be done, by who has to do it, in the order of the first page.
    pub fn todos(&self) -> &[Todo] {
        &self.story.todos
    }

    /// The topics that have KPIs, each with them in display order: those of the story in its order, then others by
    /// id. A KPI without a topic has the topic `""`.
    pub fn topics(&self) -> Vec<(&str, Vec<&Kpi>)> {
        let mut ids: Vec<&str> = self.kpis.iter().map(|kpi| &*kpi.topic).collect();
        let place = |id: &str| self.story.topics.iter().position(|topic| *topic.id == *id).unwrap_or(usize::MAX);
        ids.sort_by_key(|id| (place(id), id.is_empty(), *id));
        ids.dedup();
        let of = |id: &str| self.kpis.iter().filter(|kpi| &*kpi.topic == id).collect();
        ids.into_iter().map(|id| (id, of(id))).collect()
    }

    /// What the function is called that a KPI serves, with its number; empty where it names none.
    pub fn function_title(&self, kpi: &Kpi) -> Text {
        let Some(number) = kpi.function else { return Text::default() };
        let named = self.story.functions.get(usize::from(number).saturating_sub(1));
        named
            .map(|title| Text::new(format!("{number} {}", title.zh), format!("{number} {}", title.en)))
            .unwrap_or_default()
    }

    /// A topic's title; one that no story names is called by its id.
    pub fn topic_title(&self, id: &str) -> Text {
        match self.story.topics.iter().find(|topic| *topic.id == *id) {
            Some(topic) => topic.title.clone(),
            None if id.is_empty() => self.story.untitled.clone(),
            None => Text::new(id, id),
        }
    }
}
