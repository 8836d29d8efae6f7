"""A key with which a system of a department calls the API.

Rules protected: the key itself is kept as its digest, the secret that signs is sealed, and both are shown
once; a copied database calls nothing. A key that replaces another belongs to the same line of keys, so that a
`client_ref` means the same under both while they overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network

from channels.outbox.delivery import MessageClass
from hub.model.personal import personal


class Scope(StrEnum):
    """What a key may be used for."""

    SMS_SUBMIT = "sms.submit"
    SMS_READ = "sms.read"
    NOTICE_SUBMIT = "notice.submit"


class KeyState(StrEnum):
    """Whether a key opens anything."""

    WORKS = "works"
    ENDS = "ends"  # works, and was replaced by another
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class DepartmentKey:
    """line: id of the first of the keys that replaced each other. hint: how the key begins, to tell it apart.

    sandbox: nothing of it is sent. networks: where calls may come from, `10.1.0.0/16`; none = anywhere.
    ends_at: when it stops (ms UTC), 0 = never. secret: what signs.
    """

    id: str
    department: str
    line: str
    name: str
    digest: str
    hint: str
    created_at: int
    created_by: str
    scopes: tuple[Scope, ...] = tuple(Scope)
    classes: tuple[MessageClass, ...] = (MessageClass.N,)
    sandbox: bool = False
    networks: tuple[str, ...] = ()
    ends_at: int = 0
    revoked_at: int = 0
    secret: str = personal("")

    def state(self, now: int) -> KeyState:
        """Where it stands at `now` (ms UTC)."""
        if self.revoked_at:
            return KeyState.REVOKED
        if not self.ends_at:
            return KeyState.WORKS
        return KeyState.ENDED if self.ends_at <= now else KeyState.ENDS

    def is_open(self, now: int) -> bool:
        """Whether calls with it are taken."""
        return self.state(now) in (KeyState.WORKS, KeyState.ENDS)

    def allows_source(self, source: str) -> bool:
        """Whether calls may come from there; `source` as the web layer tells it: of IPv6 the whole /64 of a
        subscriber, of which the web layer keeps no single address."""
        if not self.networks:
            return True
        try:
            where = ip_network(source, strict=False)
        except ValueError:
            return False
        allowed = [ip_network(network, strict=False) for network in self.networks]
        return any(one.version == where.version and one.overlaps(where) for one in allowed)
