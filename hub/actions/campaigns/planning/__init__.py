"""The way of a campaign from draft to release, and the calendar of all of them."""
