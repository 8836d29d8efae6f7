"""Who reported, who may know it, and who read what: the pages of inspectors, custodians and auditors."""
