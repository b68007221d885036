"""The audit log's records: canonical bytes, chain, verification. Pure: no SQL, no files."""
