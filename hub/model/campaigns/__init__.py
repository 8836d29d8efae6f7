"""What the writers of campaigns keep: templates, words to watch, drafts, versions, trial numbers."""
