"""What is kept for members of staff: whether they take cases, what they are told, their bulk runs."""
