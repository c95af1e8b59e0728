//! Reads a form's definition: what it names has to be there.

use super::{
    super::{
        Catalog, Unit,
        source::{Fact, Problem, Source},
    },
    Block, Body, Cube, CubeOf, Form, FormColumn, Formula, KpiPart, KpiSide, Line, Lines, Listing, Mark, Number,
    Picture, PlanOf, SheetField, Shows, Sums,
    back::{read_back, read_with},
    written::{
        BlockWritten, BodyWritten, ColumnWritten, CubeWritten, FormWritten, LineWritten, PictureWritten, PlanWritten,
        ValuesWritten,
    },
};
use crate::model::{Message, Quantity};
use std::{collections::BTreeSet, sync::Arc};
use toml::Spanned;

/// Rows that a list has at most, where it does not say.
const MOST: usize = 300;

pub(in crate::catalog) fn read_form(source: &Source, catalog: &Catalog) -> Result<Form, Problem> {
    let written: FormWritten = source.read()?;
    let needs = source.sheets(&written.needs, catalog)?;
    let reader = Reader { source, catalog, needs: &needs };
    let blocks = written.block.iter().map(|block| reader.block(block)).collect::<Result<Vec<_>, _>>()?;
    let plan = written.plan.as_ref().map(|plan| reader.plan(plan, &blocks)).transpose()?;
    Ok(Form {
        id: source.id.clone(),
        plan,
        number: written.number,
        order: written.order,
        title: written.title,
        sheet: written.sheet,
        scopes: written.scope,
        private: written.private,
        blank: written.blank,
        period: written.period,
        unit: written.unit,
        meaning: written.meaning,
        blocks,
        needs,
        source: written.source,
        assumptions: written.assumptions,
        file: source.shown.clone(),
    })
}

struct Reader<'r> {
    source: &'r Source,
    catalog: &'r Catalog,
    /// The sheets that the whole form needs.
    needs: &'r [Arc<str>],
}

impl Reader<'_> {
    fn block(&self, written: &Spanned<BlockWritten>) -> Result<Block, Problem> {
        let block = written.get_ref();
        let missing =
            |name: &str| self.source.problem(&written.span(), Message::new("definition.missing").with("name", name));
        let mut known: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut fact = None;
        let body = match block.kind {
            BodyWritten::Sums => {
                if block.from.is_empty() {
                    return Err(missing("from"));
                }
                let sums = self.sums(block)?;
                known.extend(sums.cubes.iter().flat_map(|cube| cube.names.iter().cloned()));
                Body::Sums(sums)
            }
            BodyWritten::Rows => {
                let name = block.fact.as_ref().ok_or_else(|| missing("fact"))?;
                let of = Fact::find(self.source, name, self.catalog)?;
                let listing = self.listing(block, &of)?;
                fact = Some(of);
                Body::Rows(Box::new(listing))
            }
            BodyWritten::Lines => {
                let lines = block.line.iter().map(|line| self.line(line)).collect::<Result<_, _>>()?;
                Body::Lines(Lines { lines, worst: block.worst })
            }
            BodyWritten::Scores => Body::Scores,
            BodyWritten::Checks => Body::Checks(self.source.sheets(&block.sheets, self.catalog)?),
            BodyWritten::Hand => Body::Hand(block.lines.ok_or_else(|| missing("lines"))?),
        };
        let mut columns = Vec::new();
        for column in &block.column {
            let read = self.column(column, &body, fact.as_ref(), &known)?;
            if !read.id.is_empty() && !known.insert(read.id.clone()) {
                let what = Message::new("definition.named_twice").with("name", &read.id);
                return Err(self.source.problem(&column.span(), what));
            }
            columns.push(read);
        }
        for name in block.sort.iter().chain(&block.only) {
            if !columns.iter().any(|column| *column.id == **name.get_ref()) {
                return Err(self.unknown(name, columns.iter().map(|column| column.id.clone()).collect()));
            }
        }
        let names = block.column.iter().map(|own| [own.get_ref().id.clone(), own.get_ref().title.zh.clone()]);
        let names: Vec<[String; 2]> = names.collect();
        let back = read_back((self.source, self.catalog), (&block.back, &block.back_by_store), &names)?;
        let picture = block.picture.as_ref().map(|picture| self.picture(picture, &body, &columns)).transpose()?;
        let (title, after) = (block.title.clone(), block.after.clone());
        Ok(Block { title, body, columns, group: block.group, after, new_page: block.new_page, picture, back })
    }

    /// A picture draws columns by their ids, and texts of lines that no column shows.
    fn picture(&self, picture: &PictureWritten, body: &Body, columns: &[FormColumn]) -> Result<Picture, Problem> {
        let mut known: BTreeSet<Arc<str>> = columns.iter().map(|column| column.id.clone()).collect();
        if let Body::Lines(lines) = body {
            known.extend(lines.lines.iter().flat_map(|line| line.texts.keys().cloned()));
        }
        let mut named = Vec::new();
        for name in &picture.columns {
            if !known.contains(name.get_ref().as_str()) {
                return Err(self.unknown(name, known));
            }
            named.push(name.get_ref().as_str().into());
        }
        Ok(Picture { kind: picture.kind, columns: named })
    }

    /// What is reckoned with other numbers has to be a table of sums that has these.
    fn plan(&self, plan: &Spanned<PlanWritten>, blocks: &[Block]) -> Result<PlanOf, Problem> {
        let own = plan.get_ref();
        let block = own.block.checked_sub(1);
        let sums = match block.and_then(|at| blocks.get(at)).map(|block| &block.body) {
            Some(Body::Sums(sums)) => sums,
            _ => {
                return Err(self
                    .source
                    .problem(&plan.span(), Message::new("definition.missing").with("name", "block")));
            }
        };
        let names: BTreeSet<Arc<str>> = sums.cubes.iter().flat_map(|cube| cube.names.iter().cloned()).collect();
        if !names.contains(&own.orders) {
            return Err(self.unknown(&Spanned::new(plan.span(), own.orders.to_string()), names));
        }
        Ok(PlanOf { block: block.unwrap_or_default(), orders: own.orders.clone() })
    }

    fn unknown(&self, name: &Spanned<String>, known: BTreeSet<Arc<str>>) -> Problem {
        let known: Vec<Arc<str>> = known.into_iter().filter(|name| !name.is_empty()).collect();
        let what = Message::new("definition.no_name").with("name", name.get_ref()).with("known", known);
        self.source.problem(&name.span(), what)
    }

    fn sums(&self, block: &BlockWritten) -> Result<Sums, Problem> {
        let cubes = block.from.iter().map(|from| self.cube(from)).collect::<Result<Vec<_>, _>>()?;
        Ok(Sums {
            cubes,
            row_title: block.row_title.clone(),
            row_mark: block.row_mark.unwrap_or(Mark::D),
            rows: block.rows,
            row_values: self.values(&block.row_values)?,
            column_values: self.values(&block.column_values)?,
            row_kpis: block.row_kpis.iter().map(|own| self.row_kpi(own)).collect::<Result<_, _>>()?,
            labels: block.labels.clone(),
            sort: block.sort.as_ref().map(|sort| sort.get_ref().as_str().into()),
            only: block.only.as_ref().map(|only| only.get_ref().as_str().into()),
            top: block.top,
            no_total: block.no_total,
            heat: block.heat,
            apart: block.apart,
        })
    }

    fn row_kpi(&self, (row, id): (&Arc<str>, &Spanned<String>)) -> Result<(Arc<str>, Arc<str>), Problem> {
        let what = || Message::new("definition.no_kpi").with("name", id.get_ref());
        let kpi = self.catalog.kpi(id.get_ref()).ok_or_else(|| self.source.problem(&id.span(), what()))?;
        Ok((row.clone(), kpi.id.clone()))
    }

    fn values(&self, written: &Option<Spanned<ValuesWritten>>) -> Result<Vec<Arc<str>>, Problem> {
        let Some(written) = written else { return Ok(Vec::new()) };
        match written.get_ref() {
            ValuesWritten::These(values) => Ok(values.clone()),
            ValuesWritten::Of(name) => {
                let column = name.split_once('.').and_then(|(sheet, field)| {
                    let sheet = self.catalog.sheet(sheet)?;
                    sheet.columns.get(sheet.field(field)?)
                });
                let column = column.ok_or_else(|| {
                    let what = Message::new("definition.no_such_field").with("name", name);
                    self.source.problem(&written.span(), what)
                })?;
                Ok(column.values.iter().map(|value| value.value.clone()).collect())
            }
        }
    }

    fn cube(&self, written: &Spanned<CubeWritten>) -> Result<Cube, Problem> {
        let cube = written.get_ref();
        let names = cube.sums.keys().map(|name| name.as_str().into()).collect();
        match (&cube.fact, &cube.kpi) {
            (Some(name), None) => {
                let fact = Fact::find(self.source, name, self.catalog)?;
                let expression = |sql: &Spanned<String>| self.source.expression(sql, &fact);
                let of = CubeOf::Fact {
                    rows: Box::new(self.source.expression_or(&cube.condition, "true", &fact)?),
                    time: cube.time.as_ref().map(|name| self.source.column(name, &fact)).transpose()?,
                    ahead: cube.ahead,
                    row: cube.rows.as_ref().map(expression).transpose()?.map(Box::new),
                    column: cube.columns.as_ref().map(expression).transpose()?.map(Box::new),
                    sums: cube.sums.values().map(expression).collect::<Result<_, _>>()?,
                    fact: fact.name.into(),
                };
                Ok(Cube { of, names, needs: self.needs_of(&cube.needs, name.get_ref())? })
            }
            (None, Some(id)) => {
                let Some(kpi) = self.catalog.kpi(id.get_ref()).filter(|kpi| kpi.kind.is_additive()) else {
                    return Err(self
                        .source
                        .problem(&id.span(), Message::new("definition.no_kpi").with("name", id.get_ref())));
                };
                let side = |name: &Spanned<String>| match name.get_ref().as_str() {
                    "staff" if kpi.staff.is_some() => Ok(KpiSide::Staff),
                    "model" if kpi.model.is_some() => Ok(KpiSide::Model),
                    "channel" if kpi.channel.is_some() => Ok(KpiSide::Channel),
                    "level" if kpi.level.is_some() => Ok(KpiSide::Level),
                    _ => Err(self.source.problem(
                        &name.span(),
                        Message::new("definition.no_column")
                            .with("fact", &kpi.id)
                            .with("name", name.get_ref())
                            .with("known", vec!["staff".into(), "model".into(), "channel".into(), "level".into()]),
                    )),
                };
                let part = |name: &Spanned<String>| match name.get_ref().as_str() {
                    "numerator" => Ok(KpiPart::Numerator),
                    "denominator" => Ok(KpiPart::Denominator),
                    "excluded" => Ok(KpiPart::Excluded),
                    _ => {
                        let known = ["numerator", "denominator", "excluded"].map(Arc::from).into_iter().collect();
                        Err(self.unknown(name, known))
                    }
                };
                let of = CubeOf::Kpi {
                    kpi: kpi.id.clone(),
                    row: cube.rows.as_ref().map(side).transpose()?,
                    column: cube.columns.as_ref().map(side).transpose()?,
                    parts: cube.sums.values().map(part).collect::<Result<_, _>>()?,
                };
                Ok(Cube { of, names, needs: kpi.needs.clone() })
            }
            _ => Err(self
                .source
                .problem(&written.span(), Message::new("definition.not_both").with("a", "fact").with("b", "kpi"))),
        }
    }

    /// The sheets that something over a fact needs: those it names, else the fact's own sheet, else those of the form.
    fn needs_of(&self, own: &Option<Vec<Spanned<String>>>, fact: &str) -> Result<Vec<Arc<str>>, Problem> {
        match own {
            Some(own) => self.source.sheets(own, self.catalog),
            None => Ok(self.catalog.sheet(fact).map_or_else(|| self.needs.to_vec(), |sheet| vec![sheet.id.clone()])),
        }
    }

    fn listing(&self, block: &BlockWritten, fact: &Fact<'_>) -> Result<Listing, Problem> {
        Ok(Listing {
            fact: fact.name.into(),
            rows: self.source.expression_or(&block.condition, "true", fact)?,
            time: block.time.as_ref().map(|name| self.source.column(name, fact)).transpose()?,
            order_by: block.order_by.iter().map(|sql| self.source.expression(sql, fact)).collect::<Result<_, _>>()?,
            most: block.most.unwrap_or(MOST),
            needs: self.needs_of(&block.needs, fact.name)?,
            card: block.card,
            key: block.key.as_ref().map(|sql| self.source.expression(sql, fact)).transpose()?,
        })
    }

    fn line(&self, line: &LineWritten) -> Result<Line, Problem> {
        let kpi = match &line.kpi {
            None => None,
            Some(id) => {
                let kpi = self.catalog.kpi(id.get_ref());
                let what = || Message::new("definition.no_kpi").with("name", id.get_ref());
                Some(kpi.ok_or_else(|| self.source.problem(&id.span(), what()))?.id.clone())
            }
        };
        let sheet = match &line.sheet {
            None => None,
            Some(id) => {
                let what = || Message::new("definition.no_sheet").with("name", id.get_ref());
                let sheet = self.catalog.sheet(id.get_ref());
                Some(sheet.ok_or_else(|| self.source.problem(&id.span(), what()))?.id.clone())
            }
        };
        Ok(Line { kpi, sheet, texts: line.texts.clone() })
    }

    fn column(
        &self,
        written: &Spanned<ColumnWritten>,
        body: &Body,
        fact: Option<&Fact<'_>>,
        known: &BTreeSet<Arc<str>>,
    ) -> Result<FormColumn, Problem> {
        let column = written.get_ref();
        let shows = if let Some(hand) = &column.hand {
            Shows::Hand(self.hand(hand)?)
        } else {
            match (body, fact) {
                (Body::Sums(_), _) if column.basis => Some(Shows::Basis),
                (Body::Sums(_), _) => column.formula.as_ref().map(|sql| self.number(column, sql, known)).transpose()?,
                (Body::Rows(_), Some(fact)) => {
                    let value = column.value.as_ref().map(|sql| self.source.expression(sql, fact)).transpose()?;
                    value.map(Box::new).map(Shows::Value)
                }
                (Body::Lines(_), _) => match (&column.text, column.of, column.received) {
                    (Some(name), None, None) => Some(Shows::Text(name.clone())),
                    (None, Some(of), None) => Some(Shows::Kpi(of, column.over)),
                    (None, None, Some(of)) => Some(Shows::Received(of)),
                    _ => None,
                },
                (Body::Scores, _) => column.score.map(Shows::Score),
                (Body::Checks(_), _) => column.check.map(Shows::Check),
                _ => None,
            }
            .ok_or_else(|| self.source.problem(&written.span(), Message::new("definition.shows_nothing")))?
        };
        let fill = column.fill.as_ref().map(|own| self.hand(own)).transpose()?.flatten();
        let of_hand = match &shows {
            Shows::Hand(of) => of.as_ref(),
            _ => fill.as_ref(),
        };
        let with = read_with(self.source, self.catalog, of_hand.map(|of| &*of.sheet), &column.with)?;
        let quantity = |number: f64| Quantity((number * Quantity::SCALE as f64).round() as i128);
        Ok(FormColumn {
            id: column.id.as_str().into(),
            title: column.title.clone(),
            over_title: column.over_title.clone(),
            mark: column.mark,
            shows,
            across: column.across,
            unit: column.unit.as_ref().map(|name| self.unit(name)).transpose()?,
            signed: column.signed,
            no_zero: column.no_zero,
            bad_above: column.bad_above.map(quantity),
            bad_below: column.bad_below.map(quantity),
            fill,
            with,
            width: column.width,
        })
    }

    fn number(
        &self,
        column: &ColumnWritten,
        sql: &Spanned<String>,
        known: &BTreeSet<Arc<str>>,
    ) -> Result<Shows, Problem> {
        let line = self.source.line(&sql.span());
        let expression = super::super::Expression::parse(sql.get_ref(), &self.source.shown, line)
            .map_err(|what| Problem { line, what: Message::new("definition.bad_sql").with("what", what).into() })?;
        let formula = Formula::of(&expression).map_err(|what| Problem { line, what })?;
        if let Some(name) = formula.names().into_iter().find(|name| !known.contains(*name)) {
            let known: Vec<Arc<str>> = known.iter().cloned().collect();
            let what = Message::new("definition.no_name").with("name", name).with("known", known);
            return Err(Problem { line, what: what.into() });
        }
        let least = column.least.map(|least| Quantity::whole(i64::from(least)));
        Ok(Shows::Number(Number { formula, over: column.over, each: column.each, least }))
    }

    /// The column of a sheet that a filled cell comes back as; nothing for what stays on paper.
    fn hand(&self, written: &Spanned<String>) -> Result<Option<SheetField>, Problem> {
        if written.get_ref().is_empty() {
            return Ok(None);
        }
        let found = written.get_ref().split_once('.').and_then(|(sheet, field)| {
            let sheet = self.catalog.sheet(sheet)?;
            sheet.field(field)?;
            Some(SheetField { sheet: sheet.id.clone(), field: field.into() })
        });
        let what = || Message::new("definition.no_such_field").with("name", written.get_ref());
        found.map(Some).ok_or_else(|| self.source.problem(&written.span(), what()))
    }

    fn unit(&self, name: &Spanned<String>) -> Result<Arc<Unit>, Problem> {
        self.catalog.units.get(name.get_ref().as_str()).cloned().ok_or_else(|| {
            let known: Vec<Arc<str>> = self.catalog.units.keys().cloned().collect();
            let what = Message::new("definition.no_unit").with("name", name.get_ref()).with("known", known);
            self.source.problem(&name.span(), what)
        })
    }
}
