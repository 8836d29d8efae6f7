"""Work on cases."""
