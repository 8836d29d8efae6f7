"""Settings of warnings, and the tables they are shipped with."""
