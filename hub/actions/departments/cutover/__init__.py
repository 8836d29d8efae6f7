"""A department comes over from its old platform: shadow copies, one platform at a time, the switch."""
