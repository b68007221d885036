"""Where the time comes from."""
