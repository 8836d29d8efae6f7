"""Number and code on their way from the progress page to its own forms: sealed, in a hidden field.

They are asked for once. Only this server opens the field, for half an hour, and what is in it is proven again
at every step: the page is no second way past the brake on guessing.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from channels.address import Address, AddressKind
from hub.runtime.clock import Clock
from hub.store.crypto import KeyProblem, Vault

_PLACE = "form/track"
_GOOD_FOR_MS = 30 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Pass:
    """shown: the telephone that was proved, None for none (`hub/actions/progress/phone_proof.py`)."""

    reference: str
    code: str
    shown: Address | None = None


def seal(holder: Pass, vault: Vault, clock: Clock) -> str:
    """The field."""
    facts = {
        "until": clock.now_ms() + _GOOD_FOR_MS,
        "pair": [holder.reference, holder.code],
        "shown": holder.shown.value if holder.shown else "",
    }
    plain = json.dumps(facts).encode()
    return base64.urlsafe_b64encode(vault.seal(_PLACE, plain).encode()).decode().rstrip("=")


def unseal(field: str, vault: Vault, clock: Clock) -> Pass | None:
    """What was sealed, or None when the field is old or not ours."""
    if not 0 < len(field) < 2000:
        return None
    try:
        blob = base64.urlsafe_b64decode(field + "=" * (-len(field) % 4)).decode()
        data = json.loads(vault.open(_PLACE, blob))
    except (KeyProblem, ValueError, binascii.Error):
        return None
    reference, code = data["pair"]
    shown = Address(AddressKind.PHONE, data["shown"]) if data.get("shown") else None
    return Pass(reference, code, shown) if data["until"] > clock.now_ms() else None
