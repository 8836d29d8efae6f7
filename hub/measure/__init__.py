"""`hub talk eval`: what the hub does about messages whose right treatment is known.

`lines` reads them, `play` says them to a hub of its own, `count` compares.
"""
