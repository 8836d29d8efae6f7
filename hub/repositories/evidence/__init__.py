"""What is kept to prove that nothing was taken away."""
