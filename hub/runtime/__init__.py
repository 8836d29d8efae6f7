"""What every floor stands on: clock, ids, errors, logs, bells, supervised tasks."""
