"""Scripts of cases: a story of events, played without a store (`hub cases simulate`)."""
