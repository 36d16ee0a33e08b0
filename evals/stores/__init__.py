"""Where runs are kept: a folder of plain files, or a PostgreSQL database, with the same promises."""
