//! foursight turns the weekly spreadsheets of a car-dealer group into a linked static site, consolidated workbooks
//! and checked data. `ARCHITECTURE.md` says how the stages hang together.

pub mod catalog;
pub mod check;
pub mod cli;
pub mod demo;
pub mod diagnostic;
pub mod facts;
pub mod intake;
pub mod lake;
pub mod messages;
pub mod metrics;
pub mod model;
pub mod pipeline;
pub mod project;
pub mod publish;
pub mod report;
pub mod returned;
pub mod site;
pub mod workbook;
