"""What is kept about how broadcasts are sent."""
