"""Web chat: the citizen posts, answers appear on an event stream of the same page."""
