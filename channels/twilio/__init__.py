"""Twilio's protocol for texts and calls, and of gateways that speak it."""
