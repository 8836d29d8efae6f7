"""What `hub check` looks at before and while the hub runs."""
