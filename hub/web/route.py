"""A route as data: what is asked, who answers, and who may ask.

The rule it protects: no route exists without saying who may call it. `login=False` is the
citizen's side and the doors (login, first setup); `login=True` needs a signed-in agent, and
`permission`, where given, must be granted by one of the agent's roles (default deny).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from hub.model.agent import Permission

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""What answers a request."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the list in `hub/web/routes.py`.

    path: an aiohttp pattern, e.g. `/staff/cases/{reference}`.
    permission: what the agent's roles must grant; None = nothing beyond `login`.
    also: permissions of which one is enough instead (a page that two roles share).
    login: whether an agent has to be signed in at all.
    form_bytes: the largest form it takes, with a file in it; 0 = what `[web] form_bytes` says, and no file.
    multipart: it takes a form without a file as multipart as well.
    is_use: False for what a page asks by itself: it does not keep a session alive.
    """

    method: str
    path: str
    handler: Handler
    permission: Permission | None = None
    login: bool = False
    also: tuple[Permission, ...] = ()
    form_bytes: int = 0
    is_use: bool = True
    multipart: bool = False

    def __post_init__(self) -> None:
        """A permission without a login would never be checked."""
        if (self.permission is not None or self.also) and not self.login:
            raise ValueError(f"{self.method} {self.path}: a permission needs login=True")


def staff(
    method: str,
    path: str,
    handler: Handler,
    permission: Permission | None = None,
    *also: Permission,
    form_bytes: int = 0,
    is_use: bool = True,
) -> Route:
    """A page for staff: `path` behind `/staff`."""
    address = f"/staff{path}"
    return Route(
        method, address, handler, permission, login=True, also=also, form_bytes=form_bytes, is_use=is_use
    )
