"""Addresses: one way to reach a contact, normalised so that equal means the same mailbox or phone.

Phones become E.164 (`+8613800138000`); police short codes (110, 12110, 12110591, 12389 …) stay as
they are, because number libraries call them invalid although they are the numbers people text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from channels.errors import ChannelError


class AddressKind(StrEnum):
    """What an address is."""

    PHONE = "phone"  # E.164, short code, or a withheld caller as ""
    EMAIL = "email"  # lower-cased
    CHAT = "chat"  # a web chat session, opaque
    WECHAT = "wechat"  # openid, opaque


class BadAddress(ChannelError):
    """Text that is no address of its kind."""


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach a contact. `value` is normalised: build it with `phone`, `email` or as is."""

    kind: AddressKind
    value: str

    @property
    def key(self) -> str:
        """Kind and value in one text: what the blind index is made of."""
        return f"{self.kind}:{self.value}"


_MOBILE = re.compile(r"\+861[3-9]\d{9}")
_SHORT_CODE = re.compile(r"(?:11\d|12[0-4]|12\d{3}|12110\d{2,15}|106\d{5,17}|9\d{4})")
_COUNTRY = re.compile(r"^(?:(?:\+|00)86|86(?=12110\d{3}))")
"""The country before a short code. A bare 86 may begin a household's number, but none is so long."""
_MOST_DIGITS = 20
"""Of an access number with its extension (China Mobile, CMPP, Src_Id: 21 bytes)."""
_WITHHELD_WORDS = ("anonymous", "unknown", "restricted", "private", "blocked", "unavailable")
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_KEYED = frozenset(word.translate(_KEYPAD) for word in _WITHHELD_WORDS)
_WITHHELD = frozenset({"+", "0", "withheld", *_WITHHELD_WORDS, *_KEYED, *(f"+1{key}" for key in _KEYED)})
"""How carriers spell that a caller shows no number: a word, or the word on the keys of a telephone.

266696687 is ANONYMOUS. It comes as if it were a number, `+266696687` or `+17378742833`, and may look like
a possible one. But 17378742833 without its `+` is a mobile, and 0737-8742833 a household in Yiyang.
"""


def phone(text: str, *, region: str = "CN") -> Address:
    """A phone number in any usual spelling → normalised address.

    Full-width digits, blanks, dashes, `0086` and `+86` are understood; a SIP URI gives its user
    part; a withheld caller gives an address with an empty value. Raises `BadAddress`.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if folded.lower().startswith(("sip:", "sips:")):
        folded = folded.split(":", 1)[1].split("@", 1)[0].split(";", 1)[0]
    digits = re.sub(r"[\s\-().]", "", folded)
    bare = digits.lower().removesuffix("@anonymousinvalid")
    if not folded or bare in _WITHHELD or bare.removeprefix("+") in _WITHHELD:
        return Address(AddressKind.PHONE, "")
    # The plain mobile number is nearly every call; phonenumbers costs 60 µs.
    if re.fullmatch(r"(?:\+?86|0086)?1[3-9]\d{9}", digits):
        return Address(AddressKind.PHONE, "+86" + digits[-11:])
    short = _COUNTRY.sub("", digits).removeprefix("+")
    if _SHORT_CODE.fullmatch(short):
        return Address(AddressKind.PHONE, short)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not re.fullmatch(r"\+?\d{3,20}", digits):
        raise BadAddress("not a phone number")  # phonenumbers would read letters as keypad digits
    try:
        parsed = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException as problem:
        raise BadAddress("not a phone number") from problem
    if not phonenumbers.is_possible_number(parsed):
        raise BadAddress("not a phone number")
    return Address(AddressKind.PHONE, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def email(text: str) -> Address:
    """An e-mail address → lower-cased address. Raises `BadAddress`."""
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    if len(folded) > 254 or not re.fullmatch(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+\.[^@\s<>\"]+", folded):
        raise BadAddress("not an e-mail address")
    return Address(AddressKind.EMAIL, folded)


def is_textable(address: Address) -> bool:
    """Whether an SMS to this phone address can arrive: a mainland landline cannot."""
    if address.kind is not AddressKind.PHONE or not address.value:
        return False
    if address.value.startswith("+86"):
        return _MOBILE.fullmatch(address.value) is not None
    return True


def extension_of(number: str, written_to: str) -> str:
    """The digits behind our `number` in a number that was written to; "" where it is none of ours. A carrier
    refuses a text from a number that is not ours."""
    is_ours = written_to.startswith(number) and written_to.isascii() and written_to.isdecimal()
    return written_to.removeprefix(number) if is_ours else ""


def extended(number: str, extension: str) -> str:
    """Our number with the extension behind it; our number alone where that is too long to be one."""
    whole = number + extension
    return whole if len(whole) <= _MOST_DIGITS else number


def masked(address: Address) -> str:
    """What a screen shows: `138****8000`, `z***@example.com`, `****` for opaque ids."""
    value = address.value
    if address.kind is AddressKind.PHONE:
        local = value.removeprefix("+86")
        if len(local) >= 7:
            return f"{local[:3]}****{local[-4:]}"
        return local or "未显示号码"
    if address.kind is AddressKind.EMAIL:
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    return "****"
