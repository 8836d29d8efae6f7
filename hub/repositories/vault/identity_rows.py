"""Where identities and the requests for them are kept. What is in an identity, only its vault opens."""

from __future__ import annotations

from hub.store.documents import Collection

IDENTITIES = "identities"
REQUESTS = "identity_requests"
COLLECTIONS = (
    Collection(IDENTITIES),
    Collection(
        REQUESTS,
        fields={"case_id": str, "state": str, "asked_at": int},
        indexes=(("case_id", "asked_at"), ("state", "asked_at"), ("asked_at",)),
    ),
)
