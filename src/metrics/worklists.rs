use super::{Problem, session::Session};
pub struct List;
impl List {
    pub fn plan(_: &Session, _: usize, _: &crate::catalog::Worklist) -> Result<List, Problem> {
        Ok(List)
    }
}
