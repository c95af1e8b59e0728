//! Patches a clerk's own workbook with the marks of its findings.
