"""What publicity officers leave behind beside their campaigns."""
