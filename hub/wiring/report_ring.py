"""The keys of what stands behind the compartment, as they are configured."""

from __future__ import annotations

from hub.settings.settings import Settings
from hub.store.crypto import KeyRing, load_ring


def report_ring(settings: Settings) -> KeyRing | None:
    """The keys of REPORT recordings and identities, from the environment or their file; None where there are
    none.

    Raises `KeyProblem`.
    """
    given = settings.keys.report_ring.get_secret_value()
    return KeyRing.from_json(given) if given else load_ring(settings.keys.reports)
