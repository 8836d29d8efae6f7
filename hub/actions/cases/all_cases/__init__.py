"""What is done to every case there is, a page at a time."""
