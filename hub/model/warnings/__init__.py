"""Warnings (预警) and safety notices (安全提示): what they say, who signs them, how they leave."""
