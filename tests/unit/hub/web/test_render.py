"""Templates: escaped, strict, and the same rules in every one of them."""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from channels.address import Address, AddressKind
from hub.runtime.clock import FakeClock
from hub.settings.organisation import Organisation
from hub.web.assets import STATIC_DIRECTORY, Assets
from hub.web.i18n import Catalogues, Language
from hub.web.render import TEMPLATE_DIRECTORY, Renderer, grouped

TEMPLATES = sorted(TEMPLATE_DIRECTORY.rglob("*.html"))


@pytest.fixture
def renderer(tmp_path: Path) -> Renderer:
    (tmp_path / "page.html").write_text(
        "{{ text }}|{{ at|when }}|{{ to|masked }}|{{ _('提交成功') }}", "utf-8"
    )
    return Renderer(Catalogues.load(), Assets.load(), Organisation(), FakeClock(), tmp_path)


def test_a_template_is_compiled_once_for_every_hub_of_the_process(renderer: Renderer, tmp_path: Path) -> None:
    another = Renderer(Catalogues.load(), Assets.load(), Organisation(), FakeClock(), tmp_path)
    templates = [one._environments[Language.ZH].get_template("page.html") for one in (renderer, another)]
    assert templates[0] is not templates[1]
    assert templates[0].root_render_func.__code__ is templates[1].root_render_func.__code__


def test_what_is_put_into_a_text_is_escaped_and_what_a_variable_names_is_translated(tmp_path: Path) -> None:
    (tmp_path / "values.html").write_text(
        "{{ _('下次 %(time)s', time=at) }}|{{ _(label) }}|{{ _('提交成功')|length }}", "utf-8"
    )
    renderer = Renderer(Catalogues.load(), Assets.load(), Organisation(), FakeClock(), tmp_path)
    context = {"at": "<1>", "label": "提交成功"}
    assert renderer.text("values.html", Language.ZH, context) == "下次 &lt;1&gt;|提交成功|4"
    assert renderer.text("values.html", Language.EN, context) == "Next &lt;1&gt;|Submitted|9"


def test_a_page_escapes_and_speaks_the_readers_language(renderer: Renderer) -> None:
    context = {
        "text": "<b>",
        "at": FakeClock().at,
        "to": Address(AddressKind.PHONE, "+8613800138000"),
    }
    chinese = renderer.text("page.html", Language.ZH, context)
    assert chinese.startswith("&lt;b&gt;|")
    assert "（刚刚）|138****8000|提交成功" in chinese
    assert renderer.text("page.html", Language.EN, context).endswith("(just now)|138****8000|Submitted")


def test_a_name_nobody_gave_is_an_error(renderer: Renderer) -> None:
    with pytest.raises(UndefinedError):
        renderer.text("page.html", Language.ZH, {})


def test_digits_are_grouped_as_they_are_read_out() -> None:
    assert grouped("26112200000145") == "2611 2200 0001 45"
    assert grouped("12345678") == "1234 5678"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_obeys_the_policy(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"\sstyle=", source), "a style attribute is refused by the policy"
    assert not re.search(r"\son[a-z]+=", source), "an inline handler is refused by the policy"
    assert "javascript:" not in source
    assert "|safe" not in source.replace(" ", "")
    for script in re.findall(r"<script[^>]*>", source):
        assert 'nonce="{{ nonce }}"' in script
    for form in re.findall(r"<form[^>]*>", source):
        assert 'method="' in form
    for button in re.findall(r"<button[^>]*>", source):
        assert "type=" in button


def test_vendored_scripts_are_what_they_say() -> None:
    listed = tomllib.loads((STATIC_DIRECTORY / "vendor" / "vendor.toml").read_text("utf-8"))["file"]
    here = {path.name for path in (STATIC_DIRECTORY / "vendor").glob("*.js")}
    assert {entry["path"] for entry in listed} == here
    for entry in listed:
        body = (STATIC_DIRECTORY / "vendor" / entry["path"]).read_bytes()
        assert sha256(body).hexdigest() == entry["sha256"]


def test_an_icon_that_is_used_exists() -> None:
    icons = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC_DIRECTORY / "icons.svg").read_text("utf-8")))
    used = set()
    for path in TEMPLATES:
        used |= set(re.findall(r'icon\("([a-z]+)"', path.read_text("utf-8")))
    assert used - icons == set()
