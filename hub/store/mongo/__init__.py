"""The engine for many hub processes: MongoDB through motor.

Motor only gets critical fixes until May 2027. This package is its only user; the move to
PyMongo's `AsyncMongoClient` is imports, `await` before `aggregate`, `list_indexes` and
`close`, and nothing outside.
"""

from hub.store.mongo.documents import MongoDocuments, open_mongo

__all__ = ["MongoDocuments", "open_mongo"]
