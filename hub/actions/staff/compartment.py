"""What is done round the compartment by those who are not its handlers alone."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.staff.read_audit import ReadAudit
from hub.actions.staff.reveal_identity import RevealIdentity


@dataclass(frozen=True, slots=True)
class CompartmentDesk:
    """Who reported, and who read what."""

    read_audit: ReadAudit
    reveal_identity: RevealIdentity
