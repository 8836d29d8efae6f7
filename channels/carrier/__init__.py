"""What the carriers' own protocols (CMPP, SMGP, SGIP, SMPP) have in common."""
