"""What people type, checked at the border. One module per page; `base` has what they share."""
