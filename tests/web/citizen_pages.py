"""Every page a citizen can see, each reached the way a citizen reaches it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from playwright.async_api import Page

Reach = Callable[[Page, str], Awaitable[None]]


def _at(path: str) -> Reach:
    async def reach(page: Page, url: str) -> None:
        await page.goto(url + path, wait_until="domcontentloaded")

    return reach


async def _answered(page: Page, url: str) -> None:
    await page.goto(url)
    await page.fill("#f-question", "身份证丢了怎么补办")
    await page.click(".ask button")
    await page.wait_for_url("**/ask")


async def _in_danger(page: Page, url: str) -> None:
    await page.goto(url)
    await page.fill("#f-question", "救命，有人持刀")
    await page.click(".ask button")
    await page.wait_for_url("**/ask")


async def fill_petition(page: Page, url: str, kind: str = "complaint") -> None:
    """A petition filled in, not yet sent on."""
    await page.goto(f"{url}/petition/write?kind={kind}")
    await page.fill("#f-title", "路口夜间施工噪声")
    await page.fill("#f-body", "连续三天夜里十二点以后施工，多次反映没有处理，希望尽快解决。")
    await page.fill("#f-occurred_on", "2026-01-15")
    await page.fill("#f-name", "测试人")
    await page.fill("#f-phone", "138 0000 0000")


async def _petition_wrong(page: Page, url: str) -> None:
    await page.goto(f"{url}/petition/write?kind=complaint")
    await page.fill("#f-phone", "12")
    await page.click("form[action='/petition/check'] button[type=submit]")
    await page.wait_for_selector(".summary")


async def _petition_check(page: Page, url: str) -> None:
    await fill_petition(page, url)
    await page.click("form[action='/petition/check'] button[type=submit]")
    await page.wait_for_selector("form[action='/petition/submit']")


async def petition_done(page: Page, url: str) -> None:
    """Through to the receipt."""
    await _petition_check(page, url)
    await page.click("form[action='/petition/submit'] button[type=submit]")
    await page.wait_for_url("**/petition/done")


async def read_receipt(page: Page) -> tuple[str, str]:
    """Reference and query code as they stand on the receipt."""
    reference = (await page.inner_text("#reference")).replace(" ", "")
    code = (await page.inner_text("#code")).replace(" ", "")
    return reference, code


async def _progress(page: Page, url: str) -> None:
    await petition_done(page, url)
    reference, code = await read_receipt(page)
    await page.goto(f"{url}/track")
    await page.fill("#f-reference", reference)
    await page.fill("#f-code", code)
    await page.click("form[action='/track'] button[type=submit]")
    await page.wait_for_selector(".timeline")


async def _track_nothing(page: Page, url: str) -> None:
    await page.goto(f"{url}/track")
    await page.fill("#f-reference", f"{secrets.randbelow(10**14):014d}")  # the same one would be locked
    await page.fill("#f-code", "12345678")
    await page.click("form[action='/track'] button[type=submit]")
    await page.wait_for_selector(".banner-warning")


async def _rated(page: Page, url: str) -> None:
    await page.goto(f"{url}/help/entry/id-card-expired", wait_until="domcontentloaded")
    await page.click(".feedback [value=unhelpful]")
    await page.wait_for_selector("#f-reason")


async def _chat_talk(page: Page, url: str) -> None:
    await page.goto(f"{url}/chat", wait_until="domcontentloaded")
    await page.fill("#f-text", "身份证")
    await page.press("#f-text", "Enter")
    await page.wait_for_selector(".bubble-robot[data-seq]")


async def _chat_danger(page: Page, url: str) -> None:
    await page.goto(f"{url}/chat", wait_until="domcontentloaded")
    await page.fill("#f-text", "救命，楼下着火了")
    await page.press("#f-text", "Enter")
    await page.wait_for_selector(".red-panel")


async def _petition_danger(page: Page, url: str) -> None:
    await fill_petition(page, url)
    await page.fill("#f-body", "我被骗了三万块，现在不想活了，没有人管我的事情。")
    await page.click("form[action='/petition/check'] button[type=submit]")
    await page.wait_for_selector(".red-panel")


PAGES: dict[str, Reach] = {
    "home": _at("/"),
    "home for older people": _at("/?view=elder"),
    "answer": _answered,
    "danger": _in_danger,
    "chat": _at("/chat"),
    "chat with messages": _chat_talk,
    "chat with danger": _chat_danger,
    "petition check with danger": _petition_danger,
    "petition kinds": _at("/petition"),
    "petition without kind": _at("/petition/write"),
    "petition form": _at("/petition/write?kind=complaint"),
    "petition form for a report": _at("/petition/write?kind=report"),
    "petition form with errors": _petition_wrong,
    "petition check": _petition_check,
    "petition done": petition_done,
    "petition without receipt": _at("/petition/done"),
    "track": _at("/track"),
    "track finds nothing": _track_nothing,
    "progress": _progress,
    "notices": _at("/notices"),
    "notice": _at("/notices/notice-warning"),
    "law education": _at("/education"),
    "help topics": _at("/help"),
    "help topic": _at("/help/户政"),
    "help entry": _at("/help/entry/id-card-lost"),
    "help entry rated": _rated,
    "help search": _at("/help?q=身份证"),
    "help search finds nothing": _at("/help?q=xyzzy"),
    "privacy": _at("/privacy"),
    "site map": _at("/sitemap"),
    "preferences": _at("/preferences?saved=1"),
    "register with 12110": _at("/register-12110"),
    "not found": _at("/nowhere"),
}
