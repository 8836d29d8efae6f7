"""A whole organisation on one machine, without network or account: for a first look, and for tests.

Nothing of the hub is replaced. What is played is what lies outside it: the telephone company, the
organisation's mail server, and the citizens.
"""
