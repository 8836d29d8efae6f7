"""People who cannot speak and registered with 12110, and what helps who is asked by them."""
