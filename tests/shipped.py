"""The shipped entries as the matcher holds them, made once per worker process."""

from __future__ import annotations

from knowledge_base.files.importer import shipped
from knowledge_base.match.matcher import Snapshot

SNAPSHOT = Snapshot.build(shipped())
