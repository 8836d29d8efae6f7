"""Call steps written as TwiML, the document that tells the provider what to do next.

Rules protected: every step that waits names the address its outcome goes to and is answered even
when nothing was pressed (a Gather without either repeats the document or falls through for ever);
recordings are never transcribed by the provider, because they would leave the country, and it listens
for words only where a step says so; recordings are not trimmed, because they are evidence.

Source: https://www.twilio.com/docs/voice/twiml and the project's voice reference, section 3.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never
from urllib.parse import quote

from twilio.twiml.voice_response import VoiceResponse

from channels.contract import Ask, CallAnswer, Hangup, Pause, Record, Say, Transfer

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True, slots=True)
class Voice:
    """Who reads a language: its tag and the name of a synthetic voice. heard: the recogniser's tag for it."""

    tag: str
    name: str
    heard: str


VOICES: Mapping[str, Voice] = {
    "zh": Voice("cmn-CN", "Polly.Zhiyu", "cmn-Hans-CN"),
    "yue": Voice("yue-CN", "Polly.Hiujin-Neural", "yue-Hant-HK"),
    "en": Voice("en-US", "Polly.Joanna", "en-US"),
}
"""By the language of a prompt. A language without a voice (nan) is read by the first one."""

# XML 1.0 has no way to write these, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class CallbackPaths:
    """Where the provider answers to: `base` is the channel's absolute webhook address."""

    base: str

    def step(self, answer: CallAnswer) -> str:
        """Where the outcome of `answer` goes."""
        return f"{self.base}/step?{_names(answer)}"

    def recording(self, answer: CallAnswer) -> str:
        """Where the provider says that a recording is ready."""
        return f"{self.base}/recording?{_names(answer)}"


def _names(answer: CallAnswer) -> str:
    return f"r={answer.revision}&n={quote(answer.node, safe='')}"


def document(answer: CallAnswer, paths: CallbackPaths) -> str:
    """`answer` as a TwiML document."""
    response = VoiceResponse()
    for step in answer.steps:
        match step:
            case Say():
                _say(response, (step,))
            case Pause():
                response.pause(length=step.seconds)
            case Ask():
                _ask(response, step, paths.step(answer))
            case Record():
                _record(response, step, paths.step(answer), paths.recording(answer))
            case Transfer():
                _transfer(response, step, paths.step(answer))
            case Hangup():
                response.hangup()
            case _:
                assert_never(step)
    return str(response)


def _say(verb: Any, prompts: Sequence[Say | Pause]) -> None:
    for prompt in prompts:
        if isinstance(prompt, Pause):
            verb.pause(length=prompt.seconds)
            continue
        voice = VOICES.get(prompt.language, VOICES["zh"])
        verb.say(_UNWRITABLE.sub(" ", prompt.text), language=voice.tag, voice=voice.name)


def _ask(response: Any, step: Ask, action: str) -> None:
    listens = {}
    if step.speech:
        voice = VOICES.get(step.speech, VOICES["zh"])
        # Words of abuse or of an emergency must arrive as they were said.
        listens = {"language": voice.heard, "speech_timeout": "auto", "profanity_filter": False}
    gather = response.gather(
        input="dtmf speech" if step.speech else "dtmf",
        action=action,
        method="POST",
        timeout=step.timeout_seconds,
        num_digits=step.max_digits,
        finish_on_key=step.finish_on,
        barge_in=step.barge_in,
        action_on_empty_result=True,
        **listens,
    )
    _say(gather, step.prompts)


def _record(response: Any, step: Record, action: str, status: str) -> None:
    _say(response, step.prompts)
    response.record(
        action=action,
        method="POST",
        max_length=step.max_seconds,
        timeout=step.silence_seconds,
        finish_on_key=step.finish_on,
        play_beep=True,
        trim="do-not-trim",
        recording_status_callback=status,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )
    # Some gateways go on to the next verb when nothing was said: better asked again than cut off.
    response.redirect(action, method="POST")


def _transfer(response: Any, step: Transfer, action: str) -> None:
    dial = response.dial(action=action, method="POST", timeout=step.timeout_seconds, answer_on_bridge=True)
    dial.number(step.number)
