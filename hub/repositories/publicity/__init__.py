"""What publicity adds to campaigns: series, and bulk mail that came back."""
