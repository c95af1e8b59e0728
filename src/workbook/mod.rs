//! Writes the group pack, the store workbooks and the blank templates.
