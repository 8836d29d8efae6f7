"""What is counted so that nobody is written to too often and no department sends too much."""
