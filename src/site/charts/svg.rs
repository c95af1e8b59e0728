//! Writes SVG: every text and attribute escaped, coordinates rounded to a tenth.

use std::fmt::Write;

/// An SVG under construction.
pub(super) struct Svg {
    out: String,
    open: Vec<&'static str>,
}

impl Svg {
    /// An image of `width` × `height` units with a name for those who do not see it.
    pub(super) fn image(class: &str, width: f64, height: f64, name: &str) -> Svg {
        Svg::new("img", class, width, height, name)
    }

    /// A drawing whose marks link: a group of links to those who do not see it, since an image holds none.
    pub(super) fn linked(class: &str, width: f64, height: f64, name: &str) -> Svg {
        Svg::new("group", class, width, height, name)
    }

    /// The name is the title too, so that a pointer finds it; how large the drawing is, the style sheet says.
    fn new(role: &str, class: &str, width: f64, height: f64, name: &str) -> Svg {
        let mut svg = Svg { out: String::new(), open: Vec::new() };
        let view = format!("0 0 {} {}", at(width), at(height));
        svg.start("svg", &[("class", class), ("viewBox", &view), ("role", role)]);
        svg.start("title", &[]);
        svg.out.push_str(&escaped(name));
        svg.end();
        svg
    }

    /// Opens an element.
    pub(super) fn start(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push('>');
        self.open.push(name);
    }

    /// Closes the innermost open element.
    pub(super) fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            let _ = write!(self.out, "</{name}>");
        }
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.out.push_str("/>");
    }

    /// A text at a point.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        self.tag("text", &[("class", class), ("x", &at(x)), ("y", &at(y))]);
        let _ = write!(self.out, ">{}</text>", escaped(text));
    }

    /// A rectangle, left out when it has no size.
    pub(super) fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        if width > 0.0 && height > 0.0 {
            let (x, y, width, height) = (at(x), at(y), at(width), at(height));
            self.empty("rect", &[("class", class), ("x", &x), ("y", &y), ("width", &width), ("height", &height)]);
        }
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (at(from.0), at(from.1), at(to.0), at(to.1));
        self.empty("line", &[("class", class), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)]);
    }

    /// A line through points.
    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        if points.len() > 1 {
            let mut d = String::new();
            for (i, (x, y)) in points.iter().enumerate() {
                let _ = write!(d, "{}{} {}", if i == 0 { "M" } else { "L" }, at(*x), at(*y));
            }
            self.empty("path", &[("class", class), ("d", &d)]);
        }
    }

    /// A dot.
    pub(super) fn dot(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        let (x, y, radius) = (at(x), at(y), at(radius));
        self.empty("circle", &[("class", class), ("cx", &x), ("cy", &y), ("r", &radius)]);
    }

    /// A group that links where there is an address, with a tooltip.
    pub(super) fn marked(&mut self, href: Option<&str>, title: &str, draw: impl FnOnce(&mut Svg)) {
        match href {
            Some(href) => self.start("a", &[("href", href)]),
            None => self.start("g", &[]),
        }
        self.start("title", &[]);
        self.out.push_str(&escaped(title));
        self.end();
        draw(self);
        self.end();
    }

    /// The finished image.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let _ = write!(self.out, "<{name}");
        for (key, value) in attributes {
            let _ = write!(self.out, " {key}=\"{}\"", escaped(value));
        }
    }
}

/// A coordinate to a tenth, without a needless `.0`.
pub(super) fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

pub(in crate::site) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not allowed in XML, whatever a cell held.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// How wide a text is, in units of a font of size 1: a Chinese character is a full square, a Latin one about half.
pub(in crate::site) fn width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.56 } else { 1.0 }).sum()
}

/// A text cut to a width, with an ellipsis.
pub(super) fn fitted(text: &str, most: f64) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        if width(&cut) + 2.0 > most {
            break;
        }
        cut.push(c);
    }
    cut + "…"
}

/// A round step that divides `span` into at most about `parts`.
pub(super) fn step(span: f64, parts: f64) -> f64 {
    if span <= 0.0 || !span.is_finite() {
        return 1.0;
    }
    let raw = span / parts;
    let power = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= raw * 0.999);
    factor.unwrap_or(10.0) * power
}
