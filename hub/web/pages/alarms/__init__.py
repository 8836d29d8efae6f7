"""警情台: the page that rings."""
