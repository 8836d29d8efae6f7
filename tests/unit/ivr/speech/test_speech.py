"""Recognition: scripted, and the real library in its own process with a tiny model."""

import asyncio
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from array import array
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.evidence.wav import BadAudio
from ivr.speech.engine import EngineBusy, EngineDown, EngineLost, TranscribeFailed, Transcript, Word
from ivr.speech.pcm import doubled, read_mono
from ivr.speech.scripted import ScriptedEngine
from ivr.speech.vosk_engine import VoskEngine
from tests.unit.ivr.waves import wav

VOSK = Path(__file__).parents[3] / "data" / "vosk"
SPOKEN = (VOSK / "wavs" / "grammar_words_002.wav").read_bytes()
REFERENCES: dict[str, list[str]] = json.loads((VOSK / "refs.json").read_text(encoding="utf-8"))


@pytest_asyncio.fixture
async def engine() -> AsyncIterator[VoskEngine]:
    engine = VoskEngine(VOSK / "model-8k", start_seconds=60, timeout_seconds=60)
    yield engine
    await engine.close()


async def test_the_scripted_engine_knows_audio_by_its_hash() -> None:
    engine = ScriptedEngine({hashlib.sha256(wav()).hexdigest(): "我要 投诉"})
    assert (await engine.transcribe(wav())).text == "我要投诉"
    with pytest.raises(TranscribeFailed):
        await engine.transcribe(wav(level=1))


def test_chinese_words_are_joined_and_unknown_ones_left_out() -> None:
    words = tuple(Word(text, 0.5, 0, 1) for text in ("我", "[unk]", "要", "call", "you"))
    transcript = Transcript(words, "vosk", "m")
    assert transcript.text == "我要call you"
    assert transcript.confidence == pytest.approx(0.5)
    assert Transcript((), "vosk", "m").confidence == 0


def test_telephone_audio_is_doubled_for_a_model_that_wants_more() -> None:
    assert doubled(array("h", [0, 10, -10])) == array("h", [0, 5, 10, 0, -10, -10])
    samples, rate = read_mono(wav(1.0, level=7), 16_000)
    assert (len(samples), rate) == (32_000, 16_000)
    assert read_mono(wav(1.0, level=7), 8_000)[1] == 8_000


def test_of_two_channels_the_first_is_taken() -> None:
    assert len(read_mono(wav(1.0, channels=2), 8_000)[0]) == 16_000


def test_of_audio_that_is_cut_off_what_is_there_is_recognised() -> None:
    assert len(read_mono(wav(1.0)[:-8_000], 8_000)[0]) == 8_000
    assert len(read_mono(wav(1.0, claimed_bytes=0xFFFFFFFF), 8_000)[0]) == 16_000


def test_compressed_audio_is_not_taken_for_samples() -> None:
    with pytest.raises(BadAudio, match="encoding 7"):
        read_mono(wav(encoding=7), 8_000)


@pytest.mark.parametrize("name", sorted(REFERENCES))
async def test_vosk_really_recognises_an_utterance(engine: VoskEngine, name: str) -> None:
    transcript = await engine.transcribe((VOSK / "wavs" / name).read_bytes())
    assert [word.text for word in transcript.words] == REFERENCES[name]
    assert all(0 < word.confidence <= 1 for word in transcript.words)
    assert (transcript.engine, transcript.model) == ("vosk", "model-8k")


async def test_a_killed_worker_is_started_again(engine: VoskEngine) -> None:
    await engine.transcribe(SPOKEN)
    first = engine.worker_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert (await engine.transcribe(SPOKEN)).text == "违章"
    assert engine.worker_pid not in (None, first)


async def test_unusable_audio_fails_and_the_worker_goes_on(engine: VoskEngine) -> None:
    for audio in (b"RIFF", b""):
        with pytest.raises(TranscribeFailed, match="BadAudio"):
            await engine.transcribe(audio)
    assert (await engine.transcribe(SPOKEN)).text == "违章"


async def test_silence_is_a_transcript_without_words(engine: VoskEngine, tmp_path: Path) -> None:
    assert (await engine.transcribe(wav())).text == ""


async def test_a_model_that_does_not_load_is_no_fault_of_the_audio_and_may_be_mended(tmp_path: Path) -> None:
    model = tmp_path / "model"
    for part in ("am", "conf"):
        (model / part).mkdir(parents=True)
    engine = VoskEngine(model, start_seconds=60, restart_seconds=0)
    with pytest.raises(EngineDown):
        await engine.transcribe(SPOKEN)
    assert engine.is_down
    assert engine.worker_pid is None
    shutil.rmtree(model)
    model.symlink_to(VOSK / "model-8k")
    assert (await engine.transcribe(SPOKEN)).text == "违章"
    assert not engine.is_down
    await engine.close()


async def test_a_broken_model_is_not_loaded_again_for_every_recording(tmp_path: Path) -> None:
    model = tmp_path / "model"
    engine = VoskEngine(model, start_seconds=60, restart_seconds=3600)
    with pytest.raises(EngineDown):
        await engine.ready()
    model.symlink_to(VOSK / "model-8k")
    with pytest.raises(EngineDown):
        await engine.ready()


async def test_a_worker_that_hangs_is_killed_in_time_and_replaced() -> None:
    engine = VoskEngine(VOSK / "model-8k", start_seconds=60, timeout_seconds=1.0, slowness=0.0)
    await engine.ready()
    hung = engine.worker_pid
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(EngineLost):
        await engine.transcribe(SPOKEN)
    assert engine.worker_pid is None
    await engine.ready()
    assert engine.worker_pid not in (None, hung)
    await engine.close()


async def test_the_queue_is_bounded() -> None:
    engine = VoskEngine(VOSK / "model-8k", waiting=1)
    results = await asyncio.gather(
        engine.transcribe(SPOKEN), engine.transcribe(SPOKEN), return_exceptions=True
    )
    await engine.close()
    assert isinstance(results[0], Transcript)
    assert isinstance(results[1], EngineBusy)


def test_the_server_side_never_loads_vosk() -> None:
    code = "import sys, ivr.speech.vosk_engine, ivr.engine; sys.exit('vosk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
