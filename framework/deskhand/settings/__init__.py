"""Settings: `deskhand.toml`, the files beside it, and the environment, read once, at the edge."""
