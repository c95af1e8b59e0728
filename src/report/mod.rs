//! Plain view models: what a page or a sheet of a workbook says, without saying how it looks.

pub mod material;
pub mod pack;

pub use material::Material;
