"""The flows the product ships with: editable defaults, not the menus of the real lines."""
