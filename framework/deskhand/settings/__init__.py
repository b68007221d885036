"""Settings: `deskhand.toml`, `accounts.yaml`, and the environment, read once, at the edge."""
