"""A change is genuine only with the very token that was given out; nothing is never a token."""

from __future__ import annotations

import asyncio
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from hub.model.agent import Session
from hub.web.guard.csrf import FIELD, HEADER, Door, is_genuine

TOKEN, OTHER = "t" * 32, "o" * 32
SECURE, INSECURE = "__Host-hub-door", "hub-door"


def a_request(
    *, header: str | None = None, field: str | None = None, cookies: dict[str, str] | None = None
) -> web.Request:
    """A POST of a form, with a token in the header or the form and these cookies."""
    loop = asyncio.get_running_loop()
    payload = StreamReader(BaseProtocol(loop), 2**16, loop=loop)
    payload.feed_data(urlencode({} if field is None else {FIELD: field}).encode())
    payload.feed_eof()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if header is not None:
        headers[HEADER] = header
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return make_mocked_request("POST", "/staff", headers=headers, payload=payload)


GIVEN: list[tuple[str | None, str | None, str, bool]] = [
    # header, form field, what was given out, genuine
    (None, TOKEN, TOKEN, True),
    (TOKEN, None, TOKEN, True),
    (TOKEN, OTHER, TOKEN, True),
    (OTHER, TOKEN, TOKEN, False),  # a header that is there decides
    ("", TOKEN, TOKEN, False),
    (None, OTHER, TOKEN, False),
    (None, TOKEN[:-1], TOKEN, False),
    (None, TOKEN + "t", TOKEN, False),
    (None, "令牌", TOKEN, False),
    (None, "", TOKEN, False),
    (None, None, TOKEN, False),
    ("", None, TOKEN, False),
    # nothing was given out: nothing is right, least of all nothing
    (None, None, "", False),
    (None, "", "", False),
    ("", None, "", False),
    (None, TOKEN, "", False),
]


@pytest.mark.parametrize(("header", "field", "given_out", "genuine"), GIVEN)
async def test_only_the_sessions_own_token_makes_a_change_genuine(
    header: str | None, field: str | None, given_out: str, genuine: bool
) -> None:
    session = Session("s", "agent", given_out, 0, 0, 1)
    assert await is_genuine(a_request(header=header, field=field), session) is genuine


@pytest.mark.parametrize("insecure_cookies", [False, True])
@pytest.mark.parametrize(("header", "field", "given_out", "genuine"), GIVEN)
async def test_only_the_token_in_the_browsers_cookie_opens_the_door(
    header: str | None, field: str | None, given_out: str, genuine: bool, insecure_cookies: bool
) -> None:
    door = Door(insecure_cookies=insecure_cookies)
    cookie = INSECURE if insecure_cookies else SECURE
    request = a_request(header=header, field=field, cookies={cookie: given_out})
    assert await door.is_genuine(request) is genuine


@pytest.mark.parametrize("cookies", [{}, {INSECURE: TOKEN}, {SECURE: ""}], ids=str)
@pytest.mark.parametrize("field", [None, "", TOKEN])
async def test_without_the_cookie_no_form_is_genuine(cookies: dict[str, str], field: str | None) -> None:
    """Where cookies are secure, one that another site could set does not count."""
    door = Door(insecure_cookies=False)
    assert not await door.is_genuine(a_request(field=field, cookies=cookies))


async def test_a_browser_keeps_its_token_and_another_gets_one_of_its_own() -> None:
    door = Door(insecure_cookies=False)
    assert door.token(a_request(cookies={SECURE: TOKEN})) == TOKEN
    first, second = door.token(a_request()), door.token(a_request(cookies={SECURE: ""}))
    assert len({first, second, ""}) == 3


@pytest.mark.parametrize(("insecure_cookies", "name"), [(False, SECURE), (True, INSECURE)])
async def test_the_token_is_kept_where_no_script_and_no_other_site_reads_it(
    insecure_cookies: bool, name: str
) -> None:
    response = web.Response()
    Door(insecure_cookies=insecure_cookies).keep(response, TOKEN)
    kept: SimpleCookie = response.cookies
    assert list(kept) == [name]
    assert kept[name].value == TOKEN
    assert bool(kept[name]["secure"]) is not insecure_cookies
    assert (kept[name]["httponly"], kept[name]["samesite"], kept[name]["path"]) == (True, "Strict", "/")
    assert kept[name]["domain"] == ""
