"""What helps with who texts in danger: words and values that the alarm page, cases and the register share."""
