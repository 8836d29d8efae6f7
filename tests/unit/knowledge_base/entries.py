"""Entries for the tests of this folder: a small knowledge base whose questions a reader can keep in mind."""

from knowledge_base.entry import Entry, EntryState


def entry(
    id_: str,
    question: str,
    *variants: str,
    answer: str = "请到窗口办理。",
    short_answer: str = "",
    state: EntryState = EntryState.PUBLISHED,
) -> Entry:
    return Entry(id_, question, variants, answer, short_answer, "户政", "", False, state, 0)


SMALL = (
    entry("licence-lost", "驾驶证丢了怎么补？", "驾照遗失补证", "驾驶本不见了去哪里补"),
    entry("licence-expired", "驾驶证到期怎么换证？", "驾照快过期怎么换"),
    entry("id-card-lost", "身份证丢了怎么补领？", "身份证掉了怎么办"),
    entry("12389-scope", "12389受理什么？", "12389是什么电话"),
    entry("noise", "邻居噪音扰民怎么办？", "楼上半夜太吵找谁"),
)
