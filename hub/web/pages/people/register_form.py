"""What is typed about somebody who registers with 12110. The action checks it; here it is only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.actions.people.register.edit_register import ContactTyped, RecordTyped
from hub.model.people.registered_person import (
    MOST_CONTACTS,
    MOST_NUMBERS,
    ConsentBy,
    Difficulty,
    RegisteredPerson,
)
from hub.runtime.clock import CHINA, to_local, to_ms

_MOST = 400
"""So many characters of a field are looked at; how many may be, the action says."""
_MOST_VERSION = 10
FIELDS = (
    "name",
    *(f"number-{place}" for place in range(1, MOST_NUMBERS + 1)),
    *(f"difficulty-{one}" for one in Difficulty),
    "needs",
    *(
        f"contact-{place}-{part}"
        for place in range(1, MOST_CONTACTS + 1)
        for part in ("name", "relation", "number")
    ),
    "interpreter-name",
    "interpreter-number",
    "address",
    "consent_by",
    "consent_at",
    "consented",
)


@dataclass(frozen=True, slots=True)
class RegisterTyped:
    """The form as it is shown: every field of `FIELDS` as text. errors: what is wrong, by field."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: bool = False


def posted(data: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form, blanks folded, nothing longer than anybody needs."""
    return {name: " ".join(data.get(name, "").split())[:_MOST] for name in FIELDS}


def version_of(data: Mapping[str, str]) -> int:
    """The version that the page showed; 0, which no record has, when it is none."""
    text = data.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _MOST_VERSION else 0


def typed_record(values: Mapping[str, str]) -> RecordTyped:
    """As the action takes it."""
    return RecordTyped(
        name=values["name"],
        numbers=tuple(values[f"number-{place}"] for place in range(1, MOST_NUMBERS + 1)),
        difficulties=tuple(one for one in Difficulty if values[f"difficulty-{one}"]),
        needs=values["needs"],
        contacts=tuple(_contact(values, f"contact-{place}") for place in range(1, MOST_CONTACTS + 1)),
        interpreter=_contact(values, "interpreter"),
        address=values["address"],
        consent_by=next((one for one in ConsentBy if one == values["consent_by"]), None),
        consent_at=_day(values["consent_at"]),
        consented=values["consented"] == "yes",
    )


def values_of(person: RegisteredPerson) -> dict[str, str]:
    """A record as the form shows it. Consent stands as it was given."""
    values = dict.fromkeys(FIELDS, "")
    values |= {
        "name": person.name,
        "needs": person.needs,
        "address": person.address,
        "consent_by": person.consent.by,
        "consent_at": f"{to_local(person.consent.at):%Y-%m-%d}",
        "consented": "yes",
    }
    values |= {f"number-{place}": number for place, number in enumerate(person.numbers, 1)}
    values |= {f"difficulty-{one}": "yes" for one in person.difficulties}
    for place, contact in enumerate(person.contacts, 1):
        told = {"name": contact.name, "relation": contact.relation, "number": contact.number}
        values |= {f"contact-{place}-{part}": text for part, text in told.items()}
    if person.interpreter:
        values |= {
            "interpreter-name": person.interpreter.name,
            "interpreter-number": person.interpreter.number,
        }
    return values


def _contact(values: Mapping[str, str], field: str) -> ContactTyped:
    return ContactTyped(
        values[f"{field}-name"], values.get(f"{field}-relation", ""), values[f"{field}-number"]
    )


def _day(text: str) -> int:
    """The beginning of a day in China (ms UTC), 0 for what is no day."""
    try:
        return to_ms(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA))
    except (ValueError, OverflowError):
        return 0
