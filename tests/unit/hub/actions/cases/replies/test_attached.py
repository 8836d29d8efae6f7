"""Files of a reply: taken when they are what they say and within bounds; else nothing is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.actions.cases.replies.attached import MOST, MOST_BYTES, UnfitFile, UploadedFile, attached
from hub.model.conversation import AttachedFile
from hub.store.files import FileStore
from tests.unit.hub.actions.cases.test_pass_time import VAULT

PDF = b"%PDF-1.7 ..."


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path, VAULT)


def on_disk(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


async def test_a_document_is_kept_sealed_under_its_own_name(files: FileStore, tmp_path: Path) -> None:
    [kept] = await attached(files, [UploadedFile("C:\\文件\\告知书.PDF", PDF)])
    assert (kept.filename, kept.media_type, kept.size_bytes) == ("告知书.PDF", "application/pdf", len(PDF))
    assert await files.get(kept.id) == PDF
    assert all(PDF not in content for content in on_disk(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("程序.exe", b"MZ", "kind"),
        ("程序.pdf", b"MZ", "kind"),
        ("网页.html", b"<script>", "kind"),
        ("无", PDF, "kind"),
        ("空.txt", b"", "empty"),
        ("大.txt", b"x" * (MOST_BYTES + 1), "too_big"),
    ],
)
async def test_what_is_not_taken(
    files: FileStore, tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(UnfitFile) as refused:
        await attached(files, [UploadedFile("好.pdf", PDF), UploadedFile(name, content)])
    assert refused.value.why == why
    assert on_disk(tmp_path) == []


async def test_what_the_reply_has_already_counts(files: FileStore) -> None:
    beside = [AttachedFile(str(number), "a.pdf", "application/pdf", 1) for number in range(MOST)]
    with pytest.raises(UnfitFile) as refused:
        await attached(files, [UploadedFile("a.pdf", PDF)], beside=beside)
    assert refused.value.why == "too_many"
    large = [AttachedFile("1", "a.pdf", "application/pdf", MOST_BYTES)]
    with pytest.raises(UnfitFile) as refused:
        await attached(files, [UploadedFile("a.pdf", PDF)], beside=large)
    assert refused.value.why == "too_big"
