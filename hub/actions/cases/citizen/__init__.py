"""What a citizen does to an own case, with its number and query code."""
