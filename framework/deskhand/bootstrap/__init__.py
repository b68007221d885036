"""The only place that names concrete adapters: it puts a project together."""
