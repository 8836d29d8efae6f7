"""Pages of law education: what is published, the shipped texts, series."""
