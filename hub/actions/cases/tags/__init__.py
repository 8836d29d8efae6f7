"""标签: the office's own words for cases, kept by supervisors, put on by handlers."""
