"""Alembic looks for this file; `deskhand.stores.schema` runs the migrations itself."""
