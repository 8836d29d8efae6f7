"""What a department hands over with its platform: opt-outs, templates, routes, history; and the sheet."""
