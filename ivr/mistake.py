"""Bounded patience: what happens after silence and after answers that are none.

Two counters at every prompt and one for the whole call. The first errors get differently worded
reprompts, then the node's own way out, else a person in hours and message-taking after hours; when
even that fails, a worded end. Never a bare hang-up, never a loop.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.node import AskNode, InputNode, MenuNode, QuestionNode
from ivr.walk import Walk


def nothing(walk: Walk, node: InputNode) -> None:
    """Nothing was pressed or said."""
    prompts = walk.flow.policy.noinput
    count = walk.state.noinput
    walk.state = replace(walk.state, noinput=count + 1, errors=walk.state.errors + 1)
    if count >= len(prompts) or _used_up(walk):
        _leave(walk, node.noinput)
    else:
        walk.pose((prompts[count],), short=count == 0)


def wrong(walk: Walk, node: MenuNode | AskNode) -> None:
    """Something was pressed or said that is no answer here: the options follow at once."""
    prompts = walk.flow.policy.nomatch
    count = walk.state.nomatch
    walk.state = replace(walk.state, nomatch=count + 1, errors=walk.state.errors + 1)
    if count >= len(prompts) or _used_up(walk):
        _leave(walk, node.nomatch)
    else:
        walk.pose((prompts[count],))


def once_more(walk: Walk, node: QuestionNode) -> None:
    """No question was understood: it is asked for once more, then a person hears it."""
    count = walk.state.nomatch
    walk.state = replace(walk.state, nomatch=count + 1, errors=walk.state.errors + 1)
    if count or _used_up(walk):
        _leave(walk, node.noinput)
    else:
        walk.pose((node.again,), short=True)


def _used_up(walk: Walk) -> bool:
    return walk.state.errors >= walk.flow.policy.max_errors and not walk.state.gave_up


def _leave(walk: Walk, exit_node: str) -> None:
    if exit_node:
        walk.go(exit_node)
    else:
        give_up(walk)


def give_up(walk: Walk) -> None:
    """Stop asking: a person or message-taking the first time, a worded end the second."""
    policy = walk.flow.policy
    if walk.state.gave_up:
        walk.enter(policy.last)
    else:
        walk.state = replace(walk.state, gave_up=True)
        walk.go(policy.help)
