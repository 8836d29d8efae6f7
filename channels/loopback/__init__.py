"""Carriers on the loopback interface: the demo, the benchmarks and the tests talk to them.

They speak the real protocols (CMPP, SMGP, SGIP, SMPP for texts, Twilio's for texts and calls), so that the
adapters under them are the real ones.
"""
