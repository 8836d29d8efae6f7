"""What an answer depends on, choices, small talk."""
