//! The week in brief: one computed sentence, and what is to be done by who has to do it. Of the group or of one store; the
//! first pages and the week's message say the same.

use super::{
    coverage,
    digest::StoreDigest,
    figure,
    lookup::{GroupLookup, Lookup, StoreLookup},
    material::BoardLine,
    page::{Link, Named},
    quality, store, store_quality, stores, submissions, worklist, worklists,
};
use crate::{
    catalog::story::{Todo, TodoOf},
    model::{
        Grain, Period, Scope,
        changes::{Changes, Moved, RowsOf, Turnover},
    },
    project::Store,
};
use serde::Serialize;
use std::sync::Arc;

/// Names beside one line; the line's own link has the others.
const NAMES: usize = 3;

/// What the first page says first.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Brief {
    /// What is missed, what is owed, what is overdue.
    pub sentence: String,
    /// The week that is judged; empty when no sheet was ever expected.
    pub week: String,
    pub lines: Vec<BriefLine>,
    /// An earlier build was given to hold this one against.
    pub compared: bool,
}

/// Who has to do what.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BriefLine {
    /// `bad`: do it now; `good`: nothing to do.
    pub tone: &'static str,
    pub mark: &'static str,
    pub owner: String,
    pub verb: String,
    pub count: Named,
    /// The oldest of it; `None` where nothing is late.
    pub oldest: Option<Oldest>,
    /// Where most of it lies, the most first.
    pub names: Vec<Named>,
    /// Further stores or lists.
    pub more: usize,
    /// Against the earlier build; `None` where what is counted cannot be held against it.
    pub turnover: Option<Turnover>,
}

/// How long the oldest is past its day, and where it stands.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Oldest {
    pub days: i64,
    pub link: Link,
}

/// Whom a brief is about: the stores it counts, and where what it counts stands.
struct Whose<'l, 'a> {
    lookup: &'l Lookup<'a>,
    stores: Vec<(&'l Store, &'l StoreDigest)>,
    /// It is one store's own.
    alone: bool,
    changes: Option<&'l Changes>,
}

impl Brief {
    /// The group's.
    pub(crate) fn of_group(group: &GroupLookup<'_>) -> Brief {
        let changes = group.material.changes.flatten();
        Whose { lookup: group, stores: group.stores().collect(), alone: false, changes }.brief()
    }

    /// A store's.
    pub(crate) fn of_store(store: &StoreLookup<'_>) -> Brief {
        let stores = vec![(store.material.store, &store.digest)];
        Whose { lookup: store, stores, alone: true, changes: None }.brief()
    }
}

impl Whose<'_, '_> {
    fn brief(&self) -> Brief {
        let week = self.due_week();
        let lines: Vec<BriefLine> = self.lookup.edition.catalog.todos().iter().map(|todo| self.line(todo)).collect();
        Brief {
            sentence: self.sentence(week),
            week: week.map_or_else(String::new, |week| self.lookup.words.period(week)),
            lines,
            compared: self.changes.is_some(),
        }
    }

    fn due_week(&self) -> Option<Period> {
        coverage::due_week(self.lookup.edition, self.board())
    }

    fn board(&self) -> impl Iterator<Item = &BoardLine> + Clone {
        self.stores.iter().flat_map(|(_, digest)| &digest.board)
    }

    /// `2026年11月（月至今）190 个目标中 21 个未达标，比上次多 3 个；2026-W47 还有 1 家店没有报齐；逾期任务 123 项，最久 24 天。`
    fn sentence(&self, week: Option<Period>) -> String {
        let words = self.lookup.words;
        let month = self.lookup.months.focus;
        let [met, missed] = self.judged();
        let n = |n: usize| figure::tally(n as u64);
        let mut clauses = Vec::new();
        let month_name = words.period(month);
        let month_name = match self.lookup.months.is_partial(month) {
            true => words.fill("brief.to_date", &[("month", &month_name)]),
            false => month_name,
        };
        let key = if missed > 0 { "brief.missed" } else { "brief.none_missed" };
        clauses.push(words.fill(key, &[("month", &month_name), ("n", &n(missed)), ("of", &n(met + missed))]));
        if let Some(week) = week {
            let owing = self.owing(week).len();
            let key = match (owing, self.alone) {
                (0, _) => "brief.all_sent",
                (_, true) => "brief.owes",
                _ => "brief.owing",
            };
            clauses.push(words.fill(key, &[("week", &words.period(week)), ("n", &n(owing))]));
        }
        let lists = || self.stores.iter().flat_map(|(_, digest)| &digest.lists);
        let over: usize = lists().map(|list| list.over).sum();
        let oldest = lists().filter_map(|list| list.oldest).max().unwrap_or_default();
        let key = if over > 0 { "brief.overdue" } else { "brief.none_overdue" };
        clauses.push(words.fill(key, &[("n", &n(over)), ("days", &oldest.to_string())]));
        if let Some(changes) = self.changes {
            // Of what the lines below are about: stores, and the lists that are somebody's to do.
            let of_todo = |list: &Arc<str>| {
                let todos = self.lookup.edition.catalog.todos().iter();
                todos
                    .filter_map(|todo| if let TodoOf::Lists(lists) = &todo.of { Some(lists) } else { None })
                    .any(|lists| lists.contains(list))
            };
            let lists = changes.lists.iter().filter(|((list, _), _)| of_todo(list));
            let work: usize = lists.map(|(_, turnover)| turnover.new).sum();
            let since = changes.since.to_string();
            let args = [
                ("since", since),
                ("missed", n(of_stores(&changes.missed))),
                ("mended", n(of_stores(&changes.mended))),
                ("work", n(work)),
            ];
            clauses.push(words.fill("brief.changed", &args.each_ref().map(|(name, value)| (*name, value.as_str()))));
        }
        format!("{}{}", clauses.join(&words.word("brief.and")), words.word("brief.stop"))
    }

    /// Targets met and missed, over all stores.
    fn judged(&self) -> [usize; 2] {
        let each = self.stores.iter().map(|(store, _)| self.lookup.met_and_missed(&store.id, self.lookup.months.focus));
        each.fold([0, 0], |[met, missed], (m, n)| [met + m, missed + n])
    }

    fn line(&self, todo: &Todo) -> BriefLine {
        match &todo.of {
            TodoOf::Reports => self.reports(todo),
            TodoOf::Unread => self.files(todo, |counts| counts.unread, |links| links.errors),
            TodoOf::Errors => self.files(todo, |counts| counts.rejected, |links| links.rows),
            TodoOf::Missed => self.missed(todo),
            TodoOf::Lists(lists) => self.lists(todo, lists),
        }
    }

    /// Stores that owe sheets of a week, each with what came and what was owed, those that owe most first.
    fn owing(&self, week: Period) -> Vec<(usize, Named)> {
        let mut owing = Vec::new();
        for (store, digest) in &self.stores {
            let lines = || digest.board.iter().filter(|line| line.week == week && line.expected);
            let (all, here) = (lines().count(), lines().filter(|line| line.received).count());
            if here < all {
                let link = store_quality::link(&store.id, 1).at("submissions");
                owing.push((all - here, self.counted(store, format!("{here}/{all}"), link)));
            }
        }
        owing.sort_by_key(|(missing, _)| std::cmp::Reverse(*missing));
        owing
    }

    /// What is owed of the week that is due, and of the weeks before it that pages show.
    fn reports(&self, todo: &Todo) -> BriefLine {
        let due = self.due_week();
        let mut owing = Vec::new();
        for week in self.lookup.recent(Grain::Week).into_iter().filter(|week| due.is_some_and(|due| *week <= due)) {
            let dated = |text: String| if due == Some(week) { text } else { format!("{text} {week}") };
            let of_week = self.owing(week).into_iter();
            owing.extend(of_week.map(|(n, name)| (n, Named { text: dated(name.text), ..name })));
        }
        let days = coverage::owed_for(self.lookup, self.board());
        let link = match self.alone {
            true => self.of_own(|id| store_quality::link(id, 1).at("submissions")),
            false => submissions::link(1),
        };
        let count: usize = if self.alone { owing.iter().map(|(n, _)| n).sum() } else { owing.len() };
        let oldest = days.map(|days| Oldest { days, link: link.clone() });
        self.finish(todo, count, link, oldest, owing, None)
    }

    fn files(
        &self,
        todo: &Todo,
        count: impl Fn(&quality::Counts) -> u64,
        link: impl Fn(quality::CountLinks) -> Link,
    ) -> BriefLine {
        let mut stores = Vec::new();
        for (store, digest) in &self.stores {
            let counts = quality::Counts::of(digest);
            let n = count(&counts) as usize;
            if let (1.., Some(links)) = (n, counts.links) {
                stores.push((n, self.counted(store, figure::tally(n as u64), link(links))));
            }
        }
        let all = stores.iter().map(|(n, _)| n).sum();
        let here = match self.alone {
            true => self.of_own(|id| store_quality::link(id, 1).at("findings")),
            false => quality::link(1).at("stores"),
        };
        self.finish(todo, all, here, None, most_first(stores), None)
    }

    fn missed(&self, todo: &Todo) -> BriefLine {
        let month = self.lookup.months.focus;
        let mut stores = Vec::new();
        for (store, _) in &self.stores {
            let (_, missed) = self.lookup.met_and_missed(&store.id, month);
            if missed > 0 {
                stores.push((missed, self.counted(store, missed.to_string(), store::link(&store.id))));
            }
        }
        let all = stores.iter().map(|(n, _)| n).sum();
        let link = if self.alone { self.of_own(store::link) } else { stores::link(1) };
        let turnover = self.changes.map(|changes| {
            let (new, gone) = (of_stores(&changes.missed), of_stores(&changes.mended));
            Turnover { new, still: all - new.min(all), gone }
        });
        self.finish(todo, all, link, None, most_first(stores), turnover)
    }

    fn lists(&self, todo: &Todo, lists: &[Arc<str>]) -> BriefLine {
        let mut named = Vec::new();
        let (mut over, mut oldest) = (0, None::<Oldest>);
        for id in lists {
            let own = || self.stores.iter().filter_map(|(_, digest)| digest.list(id));
            let late: usize = own().map(|digest| digest.over).sum();
            if let Some(days) = own().filter_map(|digest| digest.oldest).max()
                && oldest.as_ref().is_none_or(|known| known.days < days)
            {
                oldest = Some(Oldest { days, link: self.list_link(id) });
            }
            over += late;
            if let (1.., Some(list)) = (late, self.lookup.edition.catalog.worklist(id)) {
                let text = format!("{} {}", self.lookup.words.text(&list.title), figure::tally(late as u64));
                named.push((late, Named::linked(text, self.list_link(id))));
            }
        }
        let named = most_first(named);
        // One list says it all; of several the table of lists does.
        let link = match (self.alone, &named[..]) {
            (true, [(_, Named { link: Some(only), .. })]) => only.clone(),
            (true, _) => self.of_own(|id| store::link(id).at("work")),
            _ => worklists::link(1),
        };
        let turnover = self.changes.map(|changes| {
            let of_these = |(what, _): &&(RowsOf, Turnover)| lists.contains(&what.0);
            let mut sum = Turnover::default();
            for (_, turnover) in changes.lists.iter().filter(of_these) {
                sum += *turnover;
            }
            sum
        });
        self.finish(todo, over, link, oldest, named, turnover)
    }

    fn list_link(&self, list: &str) -> Link {
        match self.alone {
            true => self.of_own(|id| worklist::link(id, list, 1)),
            false => worklists::link(1).at(list),
        }
    }

    fn of_own(&self, link: impl Fn(&str) -> Link) -> Link {
        self.stores.first().map_or_else(|| stores::link(1), |(store, _)| link(&store.id))
    }

    /// A store with its count; one that stands alone needs no name.
    fn counted(&self, store: &Store, count: String, link: Link) -> Named {
        let text = if self.alone { count } else { format!("{} {count}", store.name) };
        Named::linked(text, link)
    }

    fn finish(
        &self,
        todo: &Todo,
        count: usize,
        link: Link,
        oldest: Option<Oldest>,
        names: Vec<(usize, Named)>,
        turnover: Option<Turnover>,
    ) -> BriefLine {
        // One store's own count says it all; lists are named still.
        let mut names = names;
        names.retain(|(_, name)| !self.alone || name.text.contains(char::is_whitespace));
        let (tone, mark) = if count > 0 { ("bad", "✗") } else { ("good", "✓") };
        let words = self.lookup.words;
        BriefLine {
            tone,
            mark,
            owner: words.text(&todo.owner),
            verb: words.text(&todo.verb),
            count: Named::linked(figure::tally(count as u64), link),
            oldest: oldest.filter(|_| count > 0),
            more: names.len().saturating_sub(NAMES),
            names: names.into_iter().take(NAMES).map(|(_, name)| name).collect(),
            turnover,
        }
    }
}

/// How many of them are stores' own.
fn of_stores(moved: &[Moved]) -> usize {
    moved.iter().filter(|moved| moved.key.scope == Scope::Store).count()
}

/// Equal ones stay as they are.
fn most_first(mut names: Vec<(usize, Named)>) -> Vec<(usize, Named)> {
    names.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    names
}
