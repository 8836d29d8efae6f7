"""`hub bench`: what the hub reaches, as a share of a floor measured in the same run.

Absolute figures say more about the machine than about the hub; a ratio against the least that could
do the same work travels. Every bench is bounded in time and count, stays on loopback, and ends the
processes it started. This file imports nothing: a process that is measured must not hold what it is
compared with.
"""
