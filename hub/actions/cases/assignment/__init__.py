"""Who gets a new case: what agents say of themselves, and the hub that gives cases to them."""
