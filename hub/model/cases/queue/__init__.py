"""Where a case stands in the queue: its order by legal risk, and what lists and counts look at."""
