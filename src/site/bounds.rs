//! The pages of one store that stand alone: what does not stand beside them is not linked. A KPI leads to the dictionary
//! instead of the group's page of it.

use std::fmt::Write;

/// The folder of the store's own pages, below its site's folder.
pub(super) struct Bounds {
    own: String,
}

impl Bounds {
    /// `own` ends with a slash.
    pub(super) fn new(own: String) -> Bounds {
        Bounds { own }
    }

    /// Whether a file of the site's folder is one of those that stand alone.
    fn has(&self, path: &str) -> bool {
        let beside = ["assets/", "dictionary/", "files/"];
        path.starts_with(&self.own)
            || beside.iter().any(|folder| path.starts_with(folder))
            || matches!(path, "index.html" | "dictionary.html")
    }

    /// A page's text with the addresses that lead out of the bounds left out; what they stood at stays as it is.
    pub(super) fn within(&self, text: &str, here: &str) -> String {
        const HREF: &str = " href=\"";
        let mut bounded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(HREF) {
            let (before, from) = rest.split_at(at);
            bounded.push_str(before);
            let address = &from[HREF.len()..];
            let end = address.find('"').unwrap_or(address.len());
            let address = &address[..end];
            match self.kept(address, here) {
                Some(Kept::AsItIs) => {
                    let _ = write!(bounded, "{HREF}{address}\"");
                }
                Some(Kept::Instead(other)) => {
                    let _ = write!(bounded, "{HREF}{other}\"");
                }
                None => {}
            }
            rest = from.get(HREF.len() + end + 1..).unwrap_or_default();
        }
        bounded.push_str(rest);
        bounded
    }

    fn kept(&self, address: &str, here: &str) -> Option<Kept> {
        let (path, place) = address.split_once('#').unwrap_or((address, ""));
        if path.is_empty() || path.contains(':') {
            return Some(Kept::AsItIs);
        }
        let path = resolved(path, here);
        if self.has(&path) {
            return Some(Kept::AsItIs);
        }
        let kpi = path.strip_prefix("kpi/")?.strip_suffix(".html").filter(|id| !id.contains(['/', '.']))?;
        // Places among the stores are told nowhere here.
        (kpi != "index" && place != "stores")
            .then(|| Kept::Instead(format!("{}dictionary.html#{kpi}", super::links::root(here))))
    }
}

enum Kept {
    AsItIs,
    Instead(String),
}

/// A relative path from the page at `here`, from the site's folder.
fn resolved(path: &str, here: &str) -> String {
    let mut parts: Vec<&str> = here.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." => {}
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_stand_beside_a_store_is_not_linked() {
        let bounds = Bounds::new("stores/S01/".to_owned());
        let within = |text: &str| bounds.within(text, "stores/S01/index.html");
        for kept in
            ["kpi-a.html#2026-10", "#top", "../../assets/site.css", "people/a.html", "../../dictionary/rules.html#C001"]
        {
            let text = format!("<a class=\"fig\" href=\"{kept}\">1</a>");
            assert_eq!(within(&text), text);
        }
        for out in [
            "../S02/index.html",
            "../../stores/S010/index.html",
            "../index.html",
            "../../quality.html",
            "../../kpi/index.html",
            "../../kpi/ha_close.html#stores",
        ] {
            assert_eq!(within(&format!("<a class=\"fig\" href=\"{out}\">1</a>")), "<a class=\"fig\">1</a>", "{out}");
        }
        let kpi = "<p>x</p><a href=\"../../kpi/ha_close.html#definition\">d</a><b>y</b>";
        assert_eq!(within(kpi), "<p>x</p><a href=\"../../dictionary.html#ha_close\">d</a><b>y</b>");
        assert_eq!(within("no link at all"), "no link at all");
    }
}
