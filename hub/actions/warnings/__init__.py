"""Warnings and safety notices: 制作 → 审核 → 签发 → 发布, and what follows."""
