pub struct LineageFilter;
