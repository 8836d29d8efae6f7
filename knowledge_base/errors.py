"""The root of what this package raises; `csv_table.ImportProblems` is the only error a caller has to
handle."""


class KnowledgeError(Exception):
    """Something in the knowledge base is not as it must be."""
