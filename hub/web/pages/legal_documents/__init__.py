"""Legal documents as pages: for staff, to be read and printed."""
