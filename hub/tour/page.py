"""A page as a citizen's browser has it: text, forms with their hidden fields, links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser


class Page(HTMLParser):
    """An answer, parsed. forms: action → hidden and filled-in fields. ids: text by element id."""

    def __init__(self, status: int, url: str, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.status = status
        self.url = url
        self.html = html
        self.forms: dict[str, dict[str, str]] = {}
        self.links: list[str] = []
        self.feeds: list[str] = []
        self.ids: dict[str, str] = {}
        self._texts: list[str] = []
        self._form: dict[str, str] | None = None
        self._id = ""
        self.feed(html)

    @property
    def text(self) -> str:
        """Everything a reader sees, blanks folded."""
        return re.sub(r"\s+", " ", "".join(self._texts))

    @property
    def digits(self) -> str:
        """The text without blanks: numbers are shown in groups."""
        return re.sub(r"\s+", "", "".join(self._texts))

    def fields(self, action: str) -> dict[str, str]:
        """The fields of the form that is sent to `action`. Raises KeyError when there is none."""
        return dict(self.forms[action])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        given: Mapping[str, str] = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self._form = self.forms.setdefault(given.get("action", ""), {})
            case "input" if self._form is not None and given.get("name"):
                chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
                if chosen and "disabled" not in given:
                    self._form[given["name"]] = given.get("value", "")
            case "a":
                self.links.append(given.get("href", ""))
            case "link" if given.get("type") in ("application/atom+xml", "application/feed+json"):
                self.feeds.append(given.get("href", ""))
        self._id = given.get("id", "")

    def handle_endtag(self, tag: str) -> None:
        """See `HTMLParser`."""
        if tag == "form":
            self._form = None
        self._id = ""

    def handle_data(self, data: str) -> None:
        """See `HTMLParser`."""
        self._texts.append(data)
        if self._id:
            self.ids[self._id] = self.ids.get(self._id, "") + data
