//! Reads foreign files: discovers workbooks, sniffs their format, reads their cells in isolated processes, finds headers, coerces cells to typed rows.
