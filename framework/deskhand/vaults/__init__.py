"""Where secrets come from, and the seal over sensitive data."""
