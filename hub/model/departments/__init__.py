"""The departments that send through the hub: who they are, their keys, and what they submitted."""
