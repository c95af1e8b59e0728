//! The settings in force: the config checked, defaults filled in. Every stage reads these, none reads the file.

use super::{
    columns::{self, MappedColumn},
    options::{CadenceOptions, ConfigMistake, Options, Written},
    times::{Day, deadline_minutes},
};
pub use super::{
    store_id::{is_store_id, meant_store, slug},
    times::parse_as_of,
};
use crate::{
    catalog::{AcrossTest, Catalog, Kpi, rule::Limits, target::read_target},
    diagnostic::Severity,
    model::{Grain, Instant, Lang, Message, Period, Quantity},
};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use toml::Spanned;

/// Everything the config decides. Serializable, so that its hash can be part of a cache key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The group's name; [`crate::messages`] has one for a group that gives none.
    pub group: String,
    /// The cut-off that config or command line gives; `None`: the latest 周止 among submissions.
    pub as_of: Option<Instant>,
    /// Language of what users read.
    pub lang: Lang,
    /// Further languages of the site.
    pub also: Vec<Lang>,
    /// Remarks on figures, see [`super::Note`].
    pub notes: Vec<super::Note>,
    /// For whom the site is.
    pub audience: Audience,
    /// Workbooks of all accepted rows are written, one a sheet.
    pub rows: bool,
    /// Findings at or above this make exit code 1; `None`: a build with findings is still a clean exit.
    pub fail_at: Option<Severity>,
    /// Opening hours of stores that do not say otherwise.
    pub hours: OpeningHours,
    /// Sheets every store is expected to send each week, by id.
    pub expected: Vec<Arc<str>>,
    /// The deadline of a week's submission: this long after the week's end (Monday 00:00), in minutes.
    pub deadline_minutes: i64,
    /// First week in which submissions are expected; `None`: the earliest week any store submitted.
    pub expected_since: Option<Period>,
    /// The last month whose figures stand: what is restated of it or of an earlier one later on does not count.
    pub frozen_until: Option<Period>,
    /// Days until the next contact falls due, by level. `N` is 24 hours and not here.
    pub cadence: BTreeMap<String, Cadence>,
    /// The same, where a brand differs.
    pub brand_cadence: BTreeMap<String, BTreeMap<String, Cadence>>,
    /// Limits of the reader processes.
    pub intake: IntakeLimits,
    /// Targets that replace a definition's, the most specific last.
    pub targets: Vec<Target>,
    /// Severities that replace a rule's, by code.
    pub severities: BTreeMap<String, Severity>,
    /// Limits that replace those of a rule over a share of rows, by code.
    pub limits: BTreeMap<String, Limits>,
    /// The stores the config names, in its order. Folders it does not name are stores too, see [`Settings::store`].
    pub stores: Vec<Store>,
    /// Titles of their own that stores have, by store.
    pub columns: BTreeMap<Arc<str>, Vec<MappedColumn>>,
    /// Where several machines keep what they made; it decides nothing and is part of no key.
    #[serde(skip)]
    pub cache: Option<String>,
}

/// For whom the site is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The headquarters: no customer's name, phones masked.
    #[default]
    Hq,
    /// The store itself: names, and masked phones.
    Store,
}

/// Days from the last contact (or level change) until a reminder and until the contact is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// Days until the reminder.
    pub remind: u32,
    /// Days until it is late, at the end of that day.
    pub overdue: u32,
}

/// When a store is open, every day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// Opening time.
    pub opens: NaiveTime,
    /// Closing time, exclusive.
    pub closes: NaiveTime,
}

impl OpeningHours {
    /// `at` when it is inside opening hours, else the next opening.
    pub fn start_of_clock(&self, at: NaiveDateTime) -> NaiveDateTime {
        if at.time() < self.opens {
            at.date().and_time(self.opens)
        } else if at.time() < self.closes {
            at
        } else {
            (at.date() + Days::new(1)).and_time(self.opens)
        }
    }
}

/// What a reader process may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeLimits {
    /// Reader processes; 0: one for each core.
    pub workers: u32,
    /// Address space of each, in MiB.
    pub memory_mb: u64,
    /// Seconds for one workbook.
    pub seconds: u64,
    /// Largest file that is opened, in MiB.
    pub file_mb: u64,
    /// Data rows that are read of a workbook.
    pub rows: u64,
}

/// A target that replaces a definition's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The KPI's id.
    pub kpi: String,
    /// The target.
    pub value: Quantity,
    /// Only for this store (and its staff).
    pub store: Option<String>,
    /// Only for this brand (and its stores).
    pub brand: Option<String>,
    /// From this day.
    pub from: Option<NaiveDate>,
    /// Up to and including this day.
    pub to: Option<NaiveDate>,
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// The folder's name: letters, digits, Chinese characters, `-`, `_`.
    pub id: Arc<str>,
    /// Its name.
    pub name: String,
    /// Its region; empty when the group has none.
    pub region: String,
    /// Its brand; empty when the group has one only.
    pub brand: String,
    /// Its city.
    pub city: String,
    /// Its opening hours.
    pub hours: OpeningHours,
}

impl Default for Settings {
    fn default() -> Self {
        let cadence = [("H", 1, 2), ("A", 3, 5), ("B", 5, 7), ("C", 10, 15), ("O", 3, 3)];
        Settings {
            group: String::new(),
            as_of: None,
            lang: Lang::ZhCn,
            also: Vec::new(),
            notes: Vec::new(),
            audience: Audience::Hq,
            rows: false,
            fail_at: None,
            hours: OpeningHours { opens: clock(8, 30), closes: clock(18, 0) },
            expected: Vec::new(),
            deadline_minutes: 12 * 60,
            expected_since: None,
            frozen_until: None,
            cadence: cadence
                .into_iter()
                .map(|(level, remind, overdue)| (level.to_owned(), Cadence { remind, overdue }))
                .collect(),
            brand_cadence: BTreeMap::new(),
            intake: IntakeLimits { workers: 0, memory_mb: 2048, seconds: 120, file_mb: 256, rows: 500_000 },
            targets: Vec::new(),
            severities: BTreeMap::new(),
            limits: BTreeMap::new(),
            stores: Vec::new(),
            columns: BTreeMap::new(),
            cache: None,
        }
    }
}

fn clock(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN)
}

impl Settings {
    /// The settings of a group without a config file.
    pub fn defaults(catalog: &Catalog) -> Settings {
        let expected = catalog.sheets.iter().filter(|sheet| sheet.expected).map(|sheet| sheet.id.clone()).collect();
        Settings { expected, ..Settings::default() }
    }

    /// Checks a config file's text. `file` is its name as the user gave it.
    ///
    /// # Errors
    /// The first mistake, with its line and what was expected.
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<Settings, ConfigMistake> {
        let written = Written { file, text };
        let options = written.parse()?;
        Checker { written, catalog }.check(options)
    }

    /// What decides how rows are checked, for a cache key: neither language nor targets nor names of stores.
    pub fn checking_part(&self) -> Vec<u8> {
        serde_json::to_vec(&(&self.severities, &self.limits, &self.frozen_until)).unwrap_or_default()
    }

    /// How a store heads columns that neither titles nor synonyms know.
    pub fn columns_of(&self, store: &str) -> &[MappedColumn] {
        self.columns.get(store).map_or(&[], Vec::as_slice)
    }

    /// What decides which facts are derived from checked rows, for a cache key.
    pub fn facts_part(&self) -> Vec<u8> {
        serde_json::to_vec(&(&self.cadence, &self.brand_cadence)).unwrap_or_default()
    }

    /// The store of an id: as the config names it, else a store of that name with the defaults.
    pub fn store(&self, id: &str) -> Store {
        self.stores.iter().find(|store| &*store.id == id).cloned().unwrap_or_else(|| Store {
            id: id.into(),
            name: id.to_owned(),
            region: String::new(),
            brand: String::new(),
            city: String::new(),
            hours: self.hours,
        })
    }

    /// The contact cadence of a level in a store of `brand`.
    pub fn cadence_of(&self, brand: &str, level: &str) -> Option<Cadence> {
        let own = self.brand_cadence.get(brand).and_then(|levels| levels.get(level));
        own.or_else(|| self.cadence.get(level)).copied()
    }

    /// The deadline of a week's submission.
    pub fn deadline(&self, week: Period) -> NaiveDateTime {
        week.end().and_time(NaiveTime::MIN) + chrono::Duration::minutes(self.deadline_minutes)
    }

    /// The target of a KPI in a period for a store, a brand, or (both empty) the group: the last that applies,
    /// else the definition's.
    pub fn target(&self, kpi: &crate::catalog::Kpi, store: &str, brand: &str, period: Period) -> Option<Quantity> {
        let applies = |target: &&Target| {
            *target.kpi == *kpi.id
                && target.store.as_deref().is_none_or(|own| own == store)
                && target.brand.as_deref().is_none_or(|own| own == brand)
                && target.from.is_none_or(|from| period.start >= from)
                && target.to.is_none_or(|to| period.start <= to)
        };
        self.targets.iter().rfind(applies).map(|target| target.value).or(kpi.target)
    }
}

struct Checker<'a> {
    written: Written<'a>,
    catalog: &'a Catalog,
}

impl Checker<'_> {
    fn check(&self, options: Options) -> Result<Settings, ConfigMistake> {
        let mut settings = Settings::defaults(self.catalog);
        if let Some(name) = &options.group.name {
            settings.group = name.clone();
        }
        if let Some(as_of) = &options.group.as_of {
            settings.as_of = Some(self.instant(as_of)?);
        }
        if let Some(lang) = &options.group.lang {
            settings.lang = lang.get_ref().parse().map_err(|what: Message| self.written.mistake(lang.span(), what))?;
        }
        for lang in &options.group.also {
            let also: Lang = lang.get_ref().parse().map_err(|what: Message| self.written.mistake(lang.span(), what))?;
            if also != settings.lang && !settings.also.contains(&also) {
                settings.also.push(also);
            }
        }
        if let Some(audience) = &options.group.audience {
            settings.audience = match audience.get_ref().as_str() {
                "hq" => Audience::Hq,
                "store" => Audience::Store,
                _ => return Err(self.expected(audience, Message::new("config.audience"))),
            };
        }
        settings.cache.clone_from(&options.cache);
        settings.rows = options.output.rows;
        if let Some(level) = &options.group.fail_at {
            settings.fail_at = Some(self.severity(level)?);
        }
        settings.hours = self.hours(&options.calendar.opens, &options.calendar.closes, settings.hours)?;
        self.submission(&options, &mut settings)?;
        self.levels(&options, &mut settings)?;
        let limits = &options.intake;
        let at_least = |least: u64, written: &Option<Spanned<u64>>, default: u64| match written {
            Some(n) if *n.get_ref() < least => {
                Err(self.expected_at(n.span(), Message::new("config.at_least").with("least", least)))
            }
            Some(n) => Ok(*n.get_ref()),
            None => Ok(default),
        };
        settings.intake = IntakeLimits {
            workers: limits.workers.as_ref().map_or(settings.intake.workers, |n| *n.get_ref()),
            memory_mb: at_least(256, &limits.memory_mb, settings.intake.memory_mb)?,
            seconds: at_least(1, &limits.seconds, settings.intake.seconds)?,
            file_mb: at_least(1, &limits.file_mb, settings.intake.file_mb)?,
            rows: at_least(1, &limits.rows, settings.intake.rows)?,
        };
        for store in &options.store {
            let span = store.span();
            let store = store.get_ref();
            let id = store.id.get_ref();
            if !is_store_id(id) {
                return Err(self.expected(&store.id, Message::new("config.folder")));
            }
            if settings.stores.iter().any(|known| *known.id == **id) {
                return Err(self.written.mistake(span, Message::new("config.store_twice").with("store", id)));
            }
            settings.stores.push(Store {
                id: id.as_str().into(),
                name: store.name.clone().unwrap_or_else(|| id.clone()),
                region: store.region.clone(),
                brand: store.brand.clone(),
                city: store.city.clone(),
                hours: self.hours(&store.opens, &store.closes, settings.hours)?,
            });
        }
        columns::read(&self.written, &options.stores, &mut settings, self.catalog)?;
        self.targets(&options, &mut settings)?;
        for (code, severity) in &options.severity {
            if !self.catalog.rules.contains_key(code.as_str()) {
                return Err(self.expected(severity, Message::new("config.rule").with("code", code)));
            }
            settings.severities.insert(code.clone(), self.severity(severity)?);
        }
        for (code, written) in &options.limits {
            let test =
                self.catalog.rules.get(code.as_str()).and_then(|rule| rule.across.as_ref()).map(|across| &across.test);
            let Some(AcrossTest::Share(share)) = test else {
                return Err(self.expected(written, Message::new("config.share").with("code", code)));
            };
            let own = written.get_ref();
            let (at_most, below) = match (own.at_most, own.below) {
                (None, None) => (share.limits.at_most, share.limits.below),
                given => given,
            };
            let limits =
                Limits { at_most, below, at_least_rows: own.at_least_rows.unwrap_or(share.limits.at_least_rows) };
            if !limits.are_shares() {
                return Err(self.expected(written, Message::new("config.limits")));
            }
            settings.limits.insert(code.clone(), limits);
        }
        Ok(settings)
    }

    fn submission(&self, options: &Options, settings: &mut Settings) -> Result<(), ConfigMistake> {
        if let Some(expected) = &options.submission.expected {
            settings.expected.clear();
            for sheet in expected {
                match self.catalog.sheet(sheet.get_ref()) {
                    Some(known) => settings.expected.push(known.id.clone()),
                    None => {
                        let known: Vec<Arc<str>> = self.catalog.sheets.iter().map(|sheet| sheet.id.clone()).collect();
                        return Err(self.expected(sheet, Message::new("config.sheet").with("known", known)));
                    }
                }
            }
        }
        if let Some(deadline) = &options.submission.deadline {
            settings.deadline_minutes = deadline_minutes(deadline.get_ref())
                .ok_or_else(|| self.expected(deadline, Message::new("config.deadline")))?;
        }
        if let Some(since) = &options.submission.since {
            let known = |period: &Period| period.grain == Grain::Week && period.start.year() >= 2000;
            let week = Period::parse(since.get_ref()).filter(known);
            settings.expected_since = Some(week.ok_or_else(|| self.expected(since, Message::new("config.week")))?);
        }
        if let Some(until) = &options.submission.frozen_until {
            let month = Period::parse(until.get_ref()).filter(|period| period.grain == Grain::Month);
            settings.frozen_until = Some(month.ok_or_else(|| self.expected(until, Message::new("config.month")))?);
        }
        Ok(())
    }

    fn levels(&self, options: &Options, settings: &mut Settings) -> Result<(), ConfigMistake> {
        let read = |written: &BTreeMap<String, Spanned<CadenceOptions>>, into: &mut BTreeMap<String, Cadence>| {
            for (level, cadence) in written {
                let CadenceOptions { remind, overdue } = *cadence.get_ref();
                if remind > overdue || !["H", "A", "B", "C", "O"].contains(&level.as_str()) {
                    return Err(self.expected(cadence, Message::new("config.cadence")));
                }
                into.insert(level.clone(), Cadence { remind, overdue });
            }
            Ok(())
        };
        read(&options.cadence, &mut settings.cadence)?;
        for (brand, own) in &options.brands {
            read(&own.cadence, settings.brand_cadence.entry(brand.clone()).or_default())?;
        }
        Ok(())
    }

    fn targets(&self, options: &Options, settings: &mut Settings) -> Result<(), ConfigMistake> {
        let value = |written: &Spanned<toml::Value>, kpi: &Kpi| {
            let wrong = |what| self.written.mistake(written.span(), what);
            let value = read_target(written.get_ref(), &kpi.unit).map_err(wrong)?;
            kpi.unreachable(value).map_or(Ok(value), |what| Err(wrong(what)))
        };
        for (kpi, target) in &options.targets {
            let Some(known) = self.catalog.kpi(kpi) else {
                return Err(self.expected(target, Message::new("config.kpi").with("kpi", kpi)));
            };
            let value = value(target, known)?;
            settings.targets.push(Target { kpi: kpi.clone(), value, store: None, brand: None, from: None, to: None });
        }
        for target in &options.target {
            let Some(kpi) = self.catalog.kpi(target.kpi.get_ref()) else {
                return Err(self.expected(&target.kpi, Message::new("config.kpi").with("kpi", target.kpi.get_ref())));
            };
            if let Some(store) = &target.store
                && !settings.stores.is_empty()
                && !settings.stores.iter().any(|known| *known.id == **store.get_ref())
            {
                return Err(self.expected(store, Message::new("config.store")));
            }
            let day = |written: &Option<Spanned<Day>>| written.as_ref().map(|day| self.instant(day)).transpose();
            settings.targets.push(Target {
                kpi: target.kpi.get_ref().clone(),
                value: value(&target.value, kpi)?,
                store: target.store.as_ref().map(|store| store.get_ref().clone()),
                brand: target.brand.clone(),
                from: day(&target.from)?.map(|at| at.date()),
                to: day(&target.to)?.map(|at| at.date()),
            });
        }
        Ok(())
    }

    fn instant(&self, written: &Spanned<Day>) -> Result<Instant, ConfigMistake> {
        parse_as_of(&written.get_ref().0).ok_or_else(|| self.expected(written, Message::new("config.date")))
    }

    fn severity(&self, written: &Spanned<String>) -> Result<Severity, ConfigMistake> {
        match written.get_ref().as_str() {
            "notice" => Ok(Severity::Notice),
            "warning" => Ok(Severity::Warning),
            "error" => Ok(Severity::Error),
            _ => Err(self.expected(written, Message::new("config.severity"))),
        }
    }

    fn hours(
        &self,
        opens: &Option<Spanned<String>>,
        closes: &Option<Spanned<String>>,
        otherwise: OpeningHours,
    ) -> Result<OpeningHours, ConfigMistake> {
        let time = |written: &Option<Spanned<String>>, otherwise: NaiveTime| match written {
            None => Ok(otherwise),
            Some(text) => NaiveTime::parse_from_str(text.get_ref(), "%H:%M")
                .map_err(|_| self.expected(text, Message::new("config.time"))),
        };
        let hours = OpeningHours { opens: time(opens, otherwise.opens)?, closes: time(closes, otherwise.closes)? };
        match closes.as_ref().or(opens.as_ref()) {
            Some(written) if hours.opens >= hours.closes => Err(self.expected(written, Message::new("config.hours"))),
            _ => Ok(hours),
        }
    }

    fn expected<T>(&self, written: &Spanned<T>, what: Message) -> ConfigMistake {
        self.expected_at(written.span(), what)
    }

    fn expected_at(&self, span: std::ops::Range<usize>, what: Message) -> ConfigMistake {
        self.written.mistake(span, Message::new("config.expected").with("what", what))
    }
}
