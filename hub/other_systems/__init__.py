"""Progress of matters that other systems handle (config.toml, [[progress]])."""
