"""Where a library is kept: an SQLite file, or a PostgreSQL database, with the same promises."""
