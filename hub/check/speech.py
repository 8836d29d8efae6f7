"""Whether the files of the speech model are those of one.

It is not loaded here: a hub that runs beside this holds it already, and it takes up to 16 GB. The hub loads
it when it starts, and says on `/readyz` when it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.runtime.finding import Finding, Level
from hub.settings.settings import Settings

_KALDI, _FST = b"\0B", b"\xd6\xfd\xb2\x7e"
"""How a model and a graph of Kaldi begin; both are read as binary files."""
_PARTS = {"am/final.mdl": _KALDI, "conf/mfcc.conf": b""}
_GRAPHS = ({"graph/HCLG.fst": _FST}, {"graph/HCLr.fst": _FST, "graph/Gr.fst": _FST})
"""A whole graph, or one that is put together when it is used."""


def check_speech(settings: Settings) -> Finding:
    """The files `[speech] model` needs: there, and what they should be by their first bytes."""
    if not settings.speech.model:
        return Finding(Level.OK, "speech", "不转写录音 (recordings are not transcribed)")
    model = Path(settings.speech.model)
    graph = next((one for one in _GRAPHS if all((model / part).exists() for part in one)), _GRAPHS[0])
    wrong = [*_wrong(model, {**_PARTS, **graph})]
    if wrong:
        what = f"{model} 不是完整的 vosk 模型 (not a whole vosk model)：{'、'.join(wrong)}"
        fix = "重新下载模型，speech.model 指向解压后的目录 (get the model anew; name its folder)"
        return Finding(Level.FAIL, "speech", what, fix)
    told = "文件齐全；能否加载见 /readyz (files are whole; /readyz of a running hub tells if it loads)"
    return Finding(Level.OK, "speech", f"{model} {told}")


def _wrong(model: Path, parts: dict[str, bytes]) -> Iterator[str]:
    for part, begins in parts.items():
        try:
            with (model / part).open("rb") as file:
                if not file.read(16).startswith(begins) or not (model / part).stat().st_size:
                    yield part
        except OSError:
            yield part
