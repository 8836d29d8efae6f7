"""The 12110 register: kept by who may, read by the desk, shown beside the cases of who stands in it."""
