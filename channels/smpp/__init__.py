"""SMPP 3.4, the protocol of international gateways and of some vendors; we are the client (ESME)."""
