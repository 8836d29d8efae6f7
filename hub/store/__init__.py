"""Everything the hub knows about keeping documents.

`documents.py` is the port; `sqlite/` and `mongo/` are its two adapters, and the only
places where their drivers are imported. What both must refuse alike (a query no index
serves, a value that does not fit its declaration) is decided once, in `query.py`.
"""
