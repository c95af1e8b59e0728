//! Renders the static site.
