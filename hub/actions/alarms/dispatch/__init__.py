"""接警 → 派警 → 到场 → 反馈: handed over to command desks, taken over there, and what was done."""
