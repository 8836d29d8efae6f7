import numpy as np
import pytest

from knowledge_base.match.confidence import FEATURES, Confidence, features, logistic, shipped_confidence
from knowledge_base.match.matcher import Snapshot
from knowledge_base.measure.calibration import LEAST, calibrate
from knowledge_base.measure.measure import Query
from tests.unit.knowledge_base.entries import SMALL
from tests.unit.knowledge_base.match.test_snapshot import GRID

SNAPSHOT = Snapshot.build(GRID)
FOREIGN = ("今天天气", "红烧鱼", "股票涨", "电影推荐", "作业不会写", "想去爬山", "下雨了", "电脑坏了")
QUERIES = tuple(
    [Query(f"请问一下{each.question}呢麻烦说说", each.id) for each in GRID]
    + [Query(f"{thing}{how}", None) for thing in FOREIGN for how in ("怎么办", "好不好", "可以吗", "多少")]
)


def test_a_logistic_model_finds_the_weights_that_made_the_data() -> None:
    generator = np.random.default_rng(7)
    evidence = np.hstack([np.ones((4000, 1)), generator.normal(size=(4000, 2))])
    true = np.array([-0.5, 2.0, -1.0])
    right = (generator.random(4000) < 1 / (1 + np.exp(-evidence @ true))).astype(float)
    assert logistic(evidence, right, 0.01) == pytest.approx(true, abs=0.2)


def test_no_candidate_is_no_confidence() -> None:
    assert shipped_confidence().of(()) == (0.0, 0.0)


def test_three_are_at_least_as_likely_as_one() -> None:
    for query in QUERIES:
        first, three = shipped_confidence().of(SNAPSHOT.look(query.text))
        assert 0 <= first <= three <= 1


def test_the_shipped_models_know_every_feature_and_no_other() -> None:
    models = shipped_confidence()
    assert set(models.first) == set(models.three) == set(FEATURES)
    assert len(features(SNAPSHOT.look("护照丢了"))) == len(FEATURES)


def test_models_are_read_as_they_were_written() -> None:
    models = shipped_confidence()
    assert Confidence.read_toml(models.toml()) == models


def test_calibrating_tells_the_known_from_the_foreign() -> None:
    found = calibrate(SNAPSHOT, QUERIES)
    models = found.thresholds.models
    assert models is not None
    assert (
        models.of(SNAPSHOT.look("护照到期怎么换呢麻烦说说"))[0]
        > models.of(SNAPSHOT.look("今天天气怎么办"))[0]
    )
    assert found.covered > 0.5


def test_too_few_questions_fit_nothing() -> None:
    with pytest.raises(ValueError, match=str(LEAST)):
        calibrate(Snapshot.build(SMALL), QUERIES[: LEAST - 1])
