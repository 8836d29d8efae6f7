"""SMGP 3.0, the protocol of China Telecom's gateways; we are the client."""
