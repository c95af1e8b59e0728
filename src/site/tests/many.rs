//! A group of a thousand stores: no page grows past what a phone can open, and every store is on every list.

use super::{Fresh, LARGEST, Site, read, sample::sample};
use crate::{
    catalog::{
        Catalog, Form,
        form::{Block, Body},
    },
    model::{CubeSums, FilledBlock, FilledForm, FormValues, KpiValue, Period, Scope},
    project::Store,
    report::{GroupMaterial, StoreDigest},
};
use std::{collections::BTreeMap, sync::Mutex};

const STORES: usize = 1_000;

/// What a store adds to the group's forms that knows of every sum and has nothing in any.
fn known(catalog: &Catalog) -> FormValues {
    let block = |block: &Block| FilledBlock {
        cubes: match &block.body {
            Body::Sums(sums) => vec![CubeSums::default(); sums.cubes.len()],
            _ => Vec::new(),
        },
        ..FilledBlock::default()
    };
    let form = |form: &Form| FilledForm {
        form: form.id.clone(),
        blocks: form.blocks.iter().map(block).collect(),
        ..FilledForm::default()
    };
    FormValues { forms: catalog.forms.iter().map(form).collect() }
}

#[test]
fn a_thousand_stores_stay_within_half_a_megabyte_a_page() {
    let sample = sample();
    let store = |n: usize| Store {
        id: format!("S{n:04}").into(),
        name: format!("第{n:04}号旗舰店"),
        region: ["华东", "华南", "华北", "西南", "西北", "东北", "华中"][n % 7].to_owned(),
        ..sample.stores[0].clone()
    };
    let stores: Vec<Store> = (1..=STORES).map(store).collect();
    // Each store has what a store of the sample has; of the values, four months.
    let months = ["2026-08", "2026-09", "2026-10", "2026-11"].map(|month| Period::parse(month).expect("a month"));
    let (kpis, digests) = sample.parts(|group, parts| {
        let mut kpis: Vec<KpiValue> = Vec::new();
        for kpi in &sample.catalog.kpis {
            let of_kpi = || group.kpis.iter().filter(|value| value.kpi == kpi.id && months.contains(&value.period));
            kpis.extend(of_kpi().filter(|value| value.scope < Scope::Store).cloned());
            for (n, store) in stores.iter().enumerate() {
                let own =
                    of_kpi().filter(|value| value.scope == Scope::Store && *value.scope_id == *parts[n % 5].store.id);
                kpis.extend(own.map(|value| KpiValue { scope_id: store.id.clone(), ..value.clone() }));
            }
            kpis.extend(of_kpi().filter(|value| value.scope > Scope::Store).cloned());
        }
        let known: Vec<StoreDigest> =
            parts.iter().map(|part| StoreDigest::of(part, &sample.catalog, sample.cutoff)).collect();
        let digest = |(n, store): (usize, &Store)| StoreDigest { store: store.id.clone(), ..known[n % 5].clone() };
        let digests: Vec<StoreDigest> = stores.iter().enumerate().map(digest).collect();
        (kpis, digests)
    });
    let written: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
    sample.parts(|group, _| {
        let many = GroupMaterial { stores: &stores, kpis: &kpis, digests: &digests, ..*group };
        let sink = |path: &str, bytes: &[u8]| {
            written.lock().expect("no panic").insert(path.to_owned(), bytes.to_vec());
            Ok(())
        };
        let site = Site::new(many.edition).expect("a site");
        site.group_pages(&many, &Fresh(&sink)).expect("the pages render");
        let forms = vec![known(&sample.catalog); STORES];
        site.group_forms(&many, &forms, &Fresh(&sink)).expect("the forms render");
    });
    let written = written.into_inner().expect("no panic");
    for (path, bytes) in &written {
        assert!(bytes.len() as u64 <= LARGEST, "{path}: {} bytes", bytes.len());
        if path.ends_with(".html") {
            read(path, std::str::from_utf8(bytes).expect("UTF-8"));
        }
    }
    // Every store is on each list of stores, in one of its parts.
    for list in ["stores/index", "worklists", "quality", "submissions", "kpi/followup_timely", "forms/base_count"] {
        let parts = written.iter().filter(|(path, _)| {
            let rest = path.strip_prefix(list).and_then(|rest| rest.strip_suffix(".html"));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        let text: String = parts.map(|(_, bytes)| std::str::from_utf8(bytes).expect("UTF-8")).collect();
        let found = stores.iter().filter(|store| text.contains(&store.name)).count();
        assert_eq!(found, STORES, "{list}");
    }
    // The first of the parts begins with the regions.
    for list in ["stores/index.html", "worklists.html", "quality.html", "submissions.html"] {
        // The line above every page names the first stores that have not reported.
        let text = std::str::from_utf8(&written[list]).expect("UTF-8");
        let text = &text[text.find("<main").expect("the page's own part")..];
        let regions = text.find("id=\"regions\"").unwrap_or_else(|| panic!("{list} has no regions"));
        assert!(text.find("号旗舰店").is_some_and(|store| store > regions), "{list}");
    }
}
