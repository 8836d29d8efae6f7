"""The HTTP API for systems of departments: signed requests in, documents out (docs/departments.md)."""
