//! Evaluates KPIs, worklists and lineage over the lake with DataFusion.
