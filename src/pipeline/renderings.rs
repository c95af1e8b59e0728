//! For whom and in which languages the pages are rendered.

use super::{Group, PipelineError, stores::settings_of_files};
use crate::{
    model::Lang,
    project::{Audience, Settings, settings::slug},
    report::Edition,
    site::{Site, Surroundings},
};

/// The headquarters' pages.
const SITE: &str = "site";
/// The stores' own pages, a folder each.
const STORES: &str = "site-store";

/// One way to render the pages: what it is made under, and where it stands.
pub(super) struct Variant {
    settings: Settings,
    /// The languages beside it, each with the way from its folder to theirs.
    tongues: Vec<(Lang, String)>,
    /// Below the output folder.
    folder: String,
    /// Each store stands alone in a folder of its own.
    alone: bool,
}

/// The pages as one variant has them.
pub(super) struct Rendering<'a> {
    pub site: Site<'a>,
    pub edition: Edition<'a>,
    /// What of its settings decides a store's files; `None` when it cannot be written down.
    pub settings: Option<Vec<u8>>,
    folder: &'a str,
    /// Each store stands alone in a folder of its own.
    pub alone: bool,
}

impl Rendering<'_> {
    /// The folder of the group's pages below the output folder.
    pub fn folder(&self) -> &str {
        self.folder
    }

    /// The folder of a store's pages below the output folder.
    pub fn folder_of(&self, store: &str) -> String {
        if self.alone { format!("{}/{}", self.folder, slug(store)) } else { self.folder.to_owned() }
    }
}

impl Group {
    /// How the pages are rendered: for the headquarters in the group's language, in each further one below it, and for the
    /// stores where they are asked for.
    pub(super) fn variants(&self) -> Vec<Variant> {
        let main = self.settings.lang;
        let langs: Vec<Lang> = std::iter::once(main).chain(self.settings.also.iter().copied()).collect();
        let below = |lang: Lang| if lang == main { String::new() } else { format!("{}/", lang.tag()) };
        let mut variants: Vec<Variant> = Vec::new();
        for lang in &langs {
            let back = if *lang == main { "" } else { "../" };
            let others = langs.iter().filter(|other| *other != lang);
            variants.push(Variant {
                settings: Settings { lang: *lang, audience: Audience::Hq, ..self.settings.clone() },
                tongues: others.map(|other| (*other, format!("{back}{}", below(*other)))).collect(),
                folder: format!("{SITE}/{}", below(*lang)).trim_end_matches('/').to_owned(),
                alone: false,
            });
        }
        if self.settings.audience == Audience::Store {
            let settings = self.settings.clone();
            variants.push(Variant { settings, tongues: Vec::new(), folder: STORES.to_owned(), alone: true });
        }
        variants
    }

    /// The variants with their templates and words; the first is the headquarters' in the group's language.
    pub(super) fn renderings<'a>(
        variants: &'a [Variant],
        edition: Edition<'a>,
    ) -> Result<Vec<Rendering<'a>>, PipelineError> {
        let rendering = |variant: &'a Variant| {
            let edition = Edition { settings: &variant.settings, ..edition };
            let surroundings = Surroundings { tongues: variant.tongues.clone(), alone: variant.alone };
            let settings = settings_of_files(&variant.settings);
            let site = Site::new(edition)?.amid(surroundings);
            Ok(Rendering { site, edition, settings, folder: &variant.folder, alone: variant.alone })
        };
        variants.iter().map(rendering).collect()
    }
}
