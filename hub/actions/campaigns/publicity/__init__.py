"""Law education: what is published on the web, and series."""
