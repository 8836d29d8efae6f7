"""The embedded engine: one file, one process, stdlib `sqlite3`."""

from hub.store.sqlite.documents import SqliteDocuments, open_sqlite, read_sqlite

__all__ = ["SqliteDocuments", "open_sqlite", "read_sqlite"]
