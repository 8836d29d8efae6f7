"""Why a send did not succeed: one class per decision the dispatcher takes.

A 200 from a provider is not success until its body says so; an adapter turns
whatever came back into `Accepted` or one of these. `code` is the provider's own
code (for the row and the operator), never the message or the address.
"""

from __future__ import annotations


class ChannelError(Exception):
    """Root of what `channels` raises."""


class SendError(ChannelError):
    """A send that did not end with a provider's acceptance."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class Temporary(SendError):
    """Certainly not sent; try again after a back-off. `slow_down` shrinks the sender's rate."""

    def __init__(
        self,
        code: str,
        reason: str,
        *,
        retry_after_seconds: float | None = None,
        slow_down: bool = False,
    ) -> None:
        super().__init__(code, reason)
        self.retry_after_seconds = retry_after_seconds
        self.slow_down = slow_down


class Permanent(SendError):
    """This delivery can never succeed; `invalid_address` says the address itself is dead."""

    def __init__(self, code: str, reason: str, *, invalid_address: bool = False) -> None:
        super().__init__(code, reason)
        self.invalid_address = invalid_address


class Refused(SendError):
    """The recipient does not want it (or the provider says so): stop and suppress."""


class Ambiguous(SendError):
    """The provider may have taken it: time-out, cut connection, 5xx. Never retried blindly.

    part_ids: by which receipts without our id would name its parts, in their order, "" for those not known:
    of a protocol in which the sender numbers (SGIP), or of parts that were answered before the rest was lost.
    """

    def __init__(self, code: str, reason: str, *, part_ids: tuple[str, ...] = ()) -> None:
        super().__init__(code, reason)
        self.part_ids = part_ids


class Misconfigured(SendError):
    """Our own fault or our account: every further send on this sender would fail the same way."""


class Unreadable(ChannelError):
    """A letter that could not be read in the time and memory one may take. A person has to look at it.

    Its argument says why: `time`, `memory`, or `broken` for whatever else ended the process that read it.
    """


class WebhookError(ChannelError):
    """An inbound request that is not processed. Nothing was stored."""


class Forged(WebhookError):
    """The signature is missing or wrong: answer 403."""


class Malformed(WebhookError):
    """Signed but unusable: answer 400 and name the field."""


class TooLarge(WebhookError):
    """Over the size limit: answer 413."""
