"""Alembic looks for this file; `deskhand.stores.migrating` runs the migrations itself."""
