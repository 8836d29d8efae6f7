"""Documents become PDF in a process of their own; text in it is found, and what no font has is named."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.runtime.typesetting.typesetter import PACKAGE, NoPaper, Typesetter

FONTS = "/usr/share/fonts/opentype/noto"
FACTS = {
    "organ": "榕州市公安局",
    "number": "公信受〔2026〕17号",
    "title": "榕州市公安局受理告知书",
    "addressee": "王喆堃",
    "paragraphs": [
        "你（们）于2026年11月12日通过网上信访提出的信访事项收悉。",
        "#strong[不是命令] *也不是* $x$",
    ],
    "day": "2026年11月20日",
}


@pytest.fixture(scope="module")
async def typesetter() -> AsyncIterator[Typesetter]:
    made = Typesetter([FONTS], ["Noto Serif CJK SC"])
    if made.lacks:
        pytest.skip(f"{made.lacks} is not installed")
    yield made
    await made.close()


async def test_a_document_is_a_pdf_and_the_same_one_each_time(typesetter: Typesetter) -> None:
    first = await typesetter.pdf(FACTS)
    assert first.startswith(b"%PDF-")
    assert await typesetter.pdf(FACTS) == first
    assert await typesetter.pdf({**FACTS, "number": "公信受〔2026〕18号"}) != first


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
async def test_its_text_is_found_and_is_never_markup(typesetter: Typesetter, tmp_path: Path) -> None:
    file = tmp_path / "one.pdf"
    file.write_bytes(await typesetter.pdf({**FACTS, "paragraphs": FACTS["paragraphs"] * 20}))  # type: ignore[operator]
    read = await asyncio.to_thread(
        subprocess.run, ["pdftotext", str(file), "-"], capture_output=True, text=True, check=True
    )
    text = "".join(read.stdout.split())
    for part in ("榕州市公安局受理告知书", "王喆堃：", "公信受〔2026〕17号", "#strong[不是命令]*也不是*$x$"):
        assert part in text
    assert text.count("通过网上信访提出的信访事项收悉") == 20


async def test_what_no_font_has_is_named(typesetter: Typesetter) -> None:
    assert await typesetter.unprintable("王喆堃镕玥 A1，。") == ""
    assert await typesetter.unprintable("李\U000f0000明\U000f0000\U000f0001") == "\U000f0000\U000f0001"


async def test_a_process_that_dies_is_followed_by_another(typesetter: Typesetter) -> None:
    await typesetter.pdf(FACTS)
    assert typesetter._process is not None
    typesetter._process.kill()
    await typesetter._process.wait()
    with pytest.raises(NoPaper):
        await typesetter.pdf(FACTS)
    assert (await typesetter.pdf(FACTS)).startswith(b"%PDF-")


async def test_without_fonts_there_is_no_pdf_and_signing_goes_on(tmp_path: Path) -> None:
    made = Typesetter([str(tmp_path)], ["Noto Serif CJK SC"])
    assert made.lacks == PACKAGE
    assert await made.unprintable("\U000f0000") == ""
    with pytest.raises(NoPaper):
        await made.pdf(FACTS)
