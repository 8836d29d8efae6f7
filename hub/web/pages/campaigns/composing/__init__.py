"""Pages of those who write: editor, list, versions, templates, words to watch, trial sends."""
