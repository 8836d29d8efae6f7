"""Our signature check says what the provider's own library says."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from channels.contract import WebhookRequest
from channels.errors import Forged, Malformed, TooLarge
from channels.twilio import form
from channels.twilio.signature import SignatureCheck, sign

PUBLIC_URL = "https://hub.example.gov.cn"

words = st.text(max_size=30)
forms = st.lists(st.tuples(words, words), max_size=12)
targets = st.from_regex(
    r"/[a-zA-Z0-9/_.-]{0,20}(\?[a-z]=[a-zA-Z0-9%_.-]{1,10}(&[a-z]=[a-z0-9]{0,5})?)?", fullmatch=True
)
urls = st.sampled_from(
    [PUBLIC_URL, "https://hub.example.gov.cn:8443", "http://127.0.0.1:8080", "https://hub.example.gov.cn/hub"]
)


def request(target: str, body: bytes, signature: str, settings: str = "") -> WebhookRequest:
    headers = {"x-twilio-signature": signature}
    if settings:
        headers["x-twilio-webhooks-signature-settings"] = settings
    return WebhookRequest("POST", target, headers, body, 0)


def is_genuine(check: SignatureCheck, asked: WebhookRequest) -> bool:
    try:
        check.check(asked, form.parse(asked.body))
    except Forged:
        return False
    return True


@given(forms)
def test_forms_are_parsed_as_the_standard_library_parses_them(pairs: list[tuple[str, str]]) -> None:
    body = urlencode(pairs)
    expected = parse_qsl(body, keep_blank_values=True, max_num_fields=1000)
    assert [(name.decode(), value.decode()) for name, value in form.parse(body.encode())] == expected


@given(st.text(st.sampled_from("aF0%+&=;字 "), max_size=40))
def test_even_broken_forms_are_parsed_alike(body: str) -> None:
    pairs = form.parse(body.encode())
    expected = parse_qsl(body, keep_blank_values=True, encoding="utf-8", errors="surrogateescape")
    escaped = [(n.decode(errors="surrogateescape"), v.decode(errors="surrogateescape")) for n, v in pairs]
    assert escaped == expected


@given(forms, targets, urls, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]))
def test_we_sign_what_the_library_signs(
    pairs: list[tuple[str, str]], target: str, base: str, algorithm: str
) -> None:
    fields = MultiDict(pairs)
    theirs = RequestValidator("token").compute_signature(base + target, fields, algorithm)
    digest = algorithm.removeprefix("HMAC_").lower()
    ours = sign("token", base + target, [(n.encode(), v.encode()) for n, v in pairs], digest=digest)
    assert ours == theirs


@given(forms, targets, urls, st.sampled_from(["as is", "with port", "other token", "other path", "cut"]))
def test_we_accept_what_the_library_accepts(
    pairs: list[tuple[str, str]], target: str, base: str, signed_for: str
) -> None:
    fields = MultiDict(pairs)
    token = "another" if signed_for == "other token" else "token"
    signed_url = base + target
    if signed_for == "with port":
        signed_url = signed_url.replace("gov.cn/", "gov.cn:443/", 1)
    if signed_for == "other path":
        signed_url += "x"
    signature = RequestValidator(token).compute_signature(signed_url, fields)
    if signed_for == "cut":
        signature = signature[:-2]
    theirs = RequestValidator("token").validate(base + target, fields, signature)
    asked = request(target, urlencode(pairs).encode(), signature)
    assert is_genuine(SignatureCheck(base, ["token"]), asked) == theirs
    if signed_for in {"as is", "with port"}:
        assert theirs


@pytest.mark.parametrize("settings", ["", "key=k,algorithm=HMAC_SHA1", "key=k, algorithm = hmac_sha1"])
def test_a_named_algorithm_is_used(settings: str) -> None:
    body = b"A=1"
    check = SignatureCheck(PUBLIC_URL, ["token"])
    sha1 = sign("token", PUBLIC_URL + "/x", [(b"A", b"1")])
    sha256 = sign("token", PUBLIC_URL + "/x", [(b"A", b"1")], digest="sha256")
    assert is_genuine(check, request("/x", body, sha1, settings))
    assert not is_genuine(check, request("/x", body, sha256, settings))
    assert is_genuine(check, request("/x", body, sha256, "key=k,algorithm=HMAC_SHA256"))
    assert not is_genuine(check, request("/x", body, sha1, "key=k,algorithm=HMAC_SHA256"))
    assert not is_genuine(check, request("/x", body, sha1, "key=k,algorithm=HMAC_MD5"))


def test_each_of_several_tokens_is_good_while_one_replaces_the_other() -> None:
    check = SignatureCheck(PUBLIC_URL, ["old", "new"])
    for token, genuine in [("old", True), ("new", True), ("older", False), ("", False)]:
        signature = sign(token, PUBLIC_URL + "/x", [])
        assert is_genuine(check, request("/x", b"", signature)) is genuine


def test_without_a_token_there_is_no_check() -> None:
    with pytest.raises(ValueError, match="token"):
        SignatureCheck(PUBLIC_URL, [])
    with pytest.raises(ValueError, match="token"):
        SignatureCheck(PUBLIC_URL, ["good", ""])


@pytest.mark.parametrize("url", ["", "hub.example", "ftp://hub.example", "https://", "https://h?x=1"])
def test_an_odd_public_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        SignatureCheck(url, ["token"])


def test_the_address_a_request_claims_in_its_headers_does_not_count() -> None:
    signature = sign("token", "https://evil.example/x", [])
    forged = request("/x", b"", signature)
    headers = {**forged.headers, "host": "evil.example", "x-forwarded-host": "evil.example"}
    check = SignatureCheck(PUBLIC_URL, ["token"])
    assert not is_genuine(check, WebhookRequest("POST", "/x", headers, b"", 0))


@pytest.mark.parametrize("target", [".evil.example/x", "@evil.example/x", ":1/x", ""])
def test_a_target_that_would_change_the_host_is_never_genuine(target: str) -> None:
    signature = sign("token", PUBLIC_URL + target, [])
    assert not is_genuine(SignatureCheck(PUBLIC_URL, ["token"]), request(target, b"", signature))


def test_a_form_that_is_no_text_is_malformed_and_a_huge_one_too_large() -> None:
    with pytest.raises(Malformed):
        form.texts(form.parse(b"Body=%FF%FE"))
    with pytest.raises(TooLarge):
        form.parse(b"&".join([b"a=1"] * 400))


def test_of_a_repeated_field_the_first_counts() -> None:
    assert form.texts(form.parse(b"a=1&a=2&&b=")) == {"a": "1", "b": ""}
