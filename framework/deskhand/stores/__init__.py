"""The store: every table, every transaction, on SQLite and on PostgreSQL."""
