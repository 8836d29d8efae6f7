"""Answers what can be answered at once: entries, an immutable index over them, and the decision what to do
with a question.

Pure: no network, no store, no web. The hub gives it entries and asks `answer.decide`; the shipped entries are
in `data/`.
"""
