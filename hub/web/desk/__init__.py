"""One live stream for each open staff page, fed by one task per process."""
