use crate::{catalog::Catalog, lake::Lake, metrics::Metrics, model::*};
use chrono::{Days, Duration, NaiveDate};
use std::time::Instant as Clock;

pub fn kpis() -> Vec<(&'static str, String)> {
    let k = |id: &'static str, fact: &str, time: &str, rest: &str| {
        (id, format!("title = {{ zh = \"{id}\" }}\nfact = \"{fact}\"\ntime = \"{time}\"\nsource = \"t\"\n{rest}\n"))
    };
    let duty = |id: &'static str, kind: &str| {
        k(
            id,
            "duty",
            "due_by",
            &format!(
                "where = \"kind = '{kind}' and verdict in ('met','missed','unmeasurable')\"\nexcluded = \"verdict = 'unmeasurable'\"\nnumerator = \"verdict = 'met'\"\ndenominator = \"1\"\nevidence=[\"customer_key\",\"opened_at\",\"due_by\",\"done_at\",\"verdict\"]"
            ),
        )
    };
    vec![
        k("lead_gather", "prospect", "first_contact_at", "numerator=\"1\""),
        duty("n_regrade_24h", "n_regrade"),
        duty("followup_timely", "contact"),
        duty("thanks_24h", "thanks"),
        duty("call_3d", "call_3d"),
        k("pool_convert", "pool", "month", "numerator=\"ordered\"\ndenominator=\"open_at_start or new_in_month\""),
        k("ha_close", "pool", "month", "where=\"ha_base\"\nnumerator=\"ordered\"\ndenominator=\"1\""),
        k("bc_up", "pool", "month", "where=\"bc_base\"\nnumerator=\"bc_up\"\ndenominator=\"1\""),
        k(
            "defeat_rate",
            "pool",
            "month",
            "numerator=\"defeated\"\ndenominator=\"open_at_start or new_in_month\"\ndirection=\"down\"",
        ),
        k("deliver_rate", "order_pool", "month", "numerator=\"delivered\"\ndenominator=\"base\""),
        k("cancel_rate", "order_pool", "month", "numerator=\"cancelled\"\ndenominator=\"base\""),
        k(
            "revisit_rate",
            "follow_up",
            "due_on",
            "where=\"due_on is not null\"\nnumerator=\"attempted\"\ndenominator=\"1\"",
        ),
        k("connect_rate", "follow_up", "done_at", "where=\"attempted\"\nnumerator=\"connected\"\ndenominator=\"1\""),
        k(
            "cp_resp_10m",
            "complaint",
            "accepted_at",
            "where=\"resp_verdict in ('met','missed','unmeasurable')\"\nexcluded=\"resp_verdict='unmeasurable'\"\nnumerator=\"resp_verdict='met'\"\ndenominator=\"1\"",
        ),
        k(
            "cp_plan_24h",
            "complaint",
            "accepted_at",
            "where=\"plan_verdict in ('met','missed','unmeasurable')\"\nexcluded=\"plan_verdict='unmeasurable'\"\nnumerator=\"plan_verdict='met'\"\ndenominator=\"1\"",
        ),
        k("cp_close", "complaint", "accepted_at", "numerator=\"closed_at <= cutoff\"\ndenominator=\"1\""),
        k("cp_repeat", "complaint", "closed_at", "numerator=\"repeated\"\ndenominator=\"1\""),
        k(
            "first_service",
            "order",
            "first_service_due_on",
            "where=\"first_service_verdict in ('met','missed')\"\nnumerator=\"first_service_verdict='met'\"\ndenominator=\"1\"",
        ),
        k(
            "referral_rate",
            "order",
            "delivered_at",
            "where=\"referral is not null\"\nnumerator=\"referral\"\ndenominator=\"1\"",
        ),
        k(
            "retention_1y",
            "lifecycle",
            "month_end",
            "accumulate=\"closing\"\ngrains=[\"month\",\"quarter\",\"year\",\"asof\"]\nwhere=\"base\"\nnumerator=\"retained\"\ndenominator=\"1\"",
        ),
        k(
            "churn_1y",
            "lifecycle",
            "month_end",
            "accumulate=\"closing\"\ngrains=[\"month\",\"quarter\",\"year\",\"asof\"]\nwhere=\"base\"\nnumerator=\"not retained\"\ndenominator=\"1\"",
        ),
        k("service_value", "service_visit", "in_at", "where=\"kind <> 'PDI'\"\nnumerator=\"total\"\nunit=\"yuan\""),
        k(
            "value_per_visit",
            "service_visit",
            "in_at",
            "where=\"kind <> 'PDI'\"\nnumerator=\"total\"\ndenominator=\"1\"\nunit=\"yuan\"",
        ),
        k(
            "submit_ontime",
            "submission",
            "week",
            "where=\"expected and verdict in ('met','missed','unmeasurable')\"\nexcluded=\"verdict='unmeasurable'\"\nnumerator=\"verdict='met'\"\ndenominator=\"1\"",
        ),
        k("dq_score", "submission", "week", "where=\"rows_read>0\"\nnumerator=\"clean\"\ndenominator=\"rows_read\""),
    ]
}

pub fn lists() -> Vec<(&'static str, String)> {
    (1..=6).map(|n| (["a","b","c","d","e","f"][n-1], format!("number={n}\ntitle={{zh=\"x\"}}\nfact=\"duty\"\nwhere=\"open and due_by <= cutoff and kind='{}'\"\nowner=\"staff\"\ndue=\"due_by\"\nreason=\"'级别 ' || level || ' 逾期'\"\norder_by=[\"due_by\"]\ncustomer=\"customer_key\"\nname=\"customer_name\"\nphone=\"phone\"\nextra=[{{column=\"level\",title={{zh=\"级别\"}}}},{{column=\"last_contact_at\",title={{zh=\"上次\"}}}}]\nsource=\"t\"", ["n_regrade","contact","thanks","call_3d","cp_resp","cp_plan"][n-1]))).collect()
}

fn table(catalog: &Catalog, fact: &str, store: &str, rows: usize, seed: &mut u64) -> FactTable {
    let columns = catalog.fact_columns(fact).unwrap();
    let mut t = FactTable::new(fact, columns.clone());
    let base = NaiveDate::from_ymd_opt(2025, 10, 1).unwrap();
    for r in 0..rows {
        let mut next = |n: u64| {
            *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (*seed >> 33) % n
        };
        let at = base.and_hms_opt(9, 0, 0).unwrap() + Duration::minutes((r as i64) * 415 * 1440 / rows as i64);
        let values: Vec<Value> = columns
            .iter()
            .map(|c| match (&*c.name, c.kind) {
                ("store", _) => store.into(),
                ("workbook", _) => format!("{store}/2026-W{:02}.xlsx", r % 50).as_str().into(),
                ("sheet", _) => fact.into(),
                ("row", _) => Value::Int(r as i64),
                ("month", _) => Value::Instant(Instant::day(Period::of(Grain::Month, at.date()).start)),
                ("month_end", _) => {
                    Value::Instant(Instant::day(Period::of(Grain::Month, at.date()).end() - Days::new(1)))
                }
                (n, ColumnKind::Text) if n.ends_with("verdict") => {
                    ["met", "missed", "pending", "unmeasurable"][next(4) as usize].into()
                }
                ("kind", _) => {
                    ["n_regrade", "contact", "thanks", "call_3d", "cp_resp", "cp_plan"][next(6) as usize].into()
                }
                ("staff" | "consultant" | "advisor" | "executor" | "handler", _) => {
                    format!("员工{}", next(8)).as_str().into()
                }
                ("model", _) => format!("车型{} 2.0T", next(8)).as_str().into(),
                ("channel", _) => format!("渠道{}", next(6)).as_str().into(),
                ("level", _) => ["N", "C", "B", "A", "H"][next(5) as usize].into(),
                (n, ColumnKind::Text) => format!("{n}{}", next(1000000)).as_str().into(),
                (_, ColumnKind::Int) => Value::Int(next(3) as i64),
                (_, ColumnKind::Number) => Value::Number(next(100) as f64 / 7.0),
                (_, ColumnKind::Amount) => Value::Amount(Fen(next(1000000) as i64)),
                (_, ColumnKind::Flag) => {
                    if next(10) == 0 {
                        Value::Null
                    } else {
                        Value::Flag(next(2) == 1)
                    }
                }
                (_, ColumnKind::Instant) => Value::Instant(Instant::exact(at)),
                (_, ColumnKind::Date) => Value::Instant(Instant::day(at.date())),
            })
            .collect();
        t.push(&values);
    }
    t
}

#[test]
#[ignore]
fn bench() {
    let dir = tempfile::tempdir().unwrap();
    for (kind, files) in [("kpis", kpis()), ("worklists", lists())] {
        let d = dir.path().join("definitions").join(kind);
        std::fs::create_dir_all(&d).unwrap();
        for (id, text) in files {
            std::fs::write(d.join(format!("{id}.toml")), text).unwrap();
        }
    }
    let (catalog, findings) = Catalog::load(Some(dir.path())).unwrap();
    for f in findings {
        eprintln!("{:?}", f.message.en);
    }
    let rows: usize = std::env::var("ROWS").map(|r| r.parse().unwrap()).unwrap_or(200);
    let stores: usize = std::env::var("STORES").map(|r| r.parse().unwrap()).unwrap_or(8);
    let threads: usize = std::env::var("THREADS").map(|r| r.parse().unwrap()).unwrap_or(2);
    let lake = Lake::open(&dir.path().join("lake")).unwrap();
    let mut keys = vec![];
    let mut seed = 7;
    let mut n = 0;
    let t = Clock::now();
    let mut put = Duration::zero();
    for s in 0..stores {
        let store = format!("S{s:02}");
        let tables: Vec<_> = catalog
            .facts()
            .iter()
            .map(|f| {
                let r = match &**f {
                    "duty" => rows * 5,
                    "pool" | "lifecycle" | "follow_up" => rows * 3,
                    _ => rows,
                };
                n += r;
                table(&catalog, f, &store, r, &mut seed)
            })
            .collect();
        let t = Clock::now();
        lake.put(&store, &tables).unwrap();
        keys.push(store);
        put += Duration::from_std(t.elapsed()).unwrap();
    }
    eprintln!("{n} rows made in {:?}, put {:?}", t.elapsed(), put);
    let cutoff = Instant::day(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
    let t0 = Clock::now();
    let m = Metrics::open(&lake, &keys, &catalog, cutoff, threads).unwrap();
    eprintln!("open {:?}", t0.elapsed());
    for p in m.problems() {
        eprintln!("{}:{:?} {}", p.place.workbook, p.place.row, p.message.zh);
    }
    let t = Clock::now();
    let g = m.grains().unwrap();
    eprintln!("grains {:?} {} rows", t.elapsed(), g.rows.len());
    for p in m.problems() {
        eprintln!("{}:{:?} {}", p.place.workbook, p.place.row, p.message.zh);
    }
    let t = Clock::now();
    let v = crate::metrics::roll_up(&g, &catalog, &crate::project::Settings::defaults(&catalog), &[], cutoff);
    eprintln!("roll_up {:?} {} values", t.elapsed(), v.len());
    let t = Clock::now();
    let l = m
        .lineage(&crate::metrics::LineageFilter {
            since: Some(NaiveDate::from_ymd_opt(2026, 9, 1).unwrap()),
            limit: Some(50),
            ..Default::default()
        })
        .unwrap();
    eprintln!("lineage {:?} {} rows", t.elapsed(), l.len());
    let t = Clock::now();
    let w = m.worklists().unwrap();
    eprintln!("worklists {:?} {} rows", t.elapsed(), w.len());
    let t = Clock::now();
    lake.export(&keys, &catalog, &dir.path().join("facts")).unwrap();
    eprintln!("export {:?}", t.elapsed());
    eprintln!(
        "{:?}",
        m.query("select kind, count(*) n, min(due_by) from duty where due_by < cutoff group by kind order by kind")
            .unwrap()
    );
    eprintln!("total {:?}", t0.elapsed());
}
