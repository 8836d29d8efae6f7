"""SGIP 1.2, the protocol of China Unicom's gateways (SMG): we log in to send, they log in to us to bring."""
