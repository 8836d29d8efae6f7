"""A carrier inside the process: the demo, the benchmark and the tests talk to it over loopback.

It speaks Twilio's REST interface and webhooks, so that the adapter under it is the real one.
"""
