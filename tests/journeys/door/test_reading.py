"""What a text is that a camera saw or a scanner typed, and which of several is meant: in the browser, without a screen."""

from typing import Any

import pytest

from tests.journeys.door.phone import BADGE

# What the American keys of a badge become on keyboards of other languages, told by their layouts.
AMERICAN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$*-.:"
KEYBOARDS = {
    "german": "ABCDEFGHIJKLMNOPQRSTUVWXZY0123456789$(ß.Ö",
    "french": "QBCDEFGHIJKL?NOPARSTUVZXYWà&é\"'(-è_ç48):M",
    "spanish": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$('.Ñ",
    "italian": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$('.ç",
    "russian": "ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯ0123456789;*-юЖ",
}
EVERY_KEY = "E1:" + AMERICAN * 2 + "0" * (119 - 2 * len(AMERICAN))


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_badge_typed_on_another_keyboard_is_put_right(rules: Any, keyboard: str) -> None:
    typed = EVERY_KEY.translate(str.maketrans(AMERICAN, KEYBOARDS[keyboard]))
    assert rules("layouts.js", "repair", "return repair(given[0]);", typed) == EVERY_KEY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EVERY_KEY.lower(), EVERY_KEY),
        ("]Q3" + EVERY_KEY, EVERY_KEY),
        ("\x02" + EVERY_KEY, EVERY_KEY),
        ("https://a.example/door/#enrol=AB-CD", "https://a.example/door/#enrol=AB-CD"),
        ("E1Ö€", "E1Ö€"),  # a character no key of a badge types: not ours to guess
        ("Émile", "Émile"),
    ],
)
def test_only_what_is_surely_a_badge_is_changed(rules: Any, text: str, expected: str) -> None:
    assert rules("layouts.js", "repair", "return repair(given[0]);", text) == expected


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([*BADGE, "Enter"], [BADGE]),
        ([*BADGE, "Tab"], [BADGE]),
        ([*BADGE], [BADGE]),  # a scanner that ends with nothing
        ([*BADGE, *BADGE], [BADGE, BADGE]),
        ([*BADGE, "Enter", *BADGE, "Enter"], [BADGE, BADGE]),
        (["Shift", *"]Q3", *BADGE, "Enter"], [BADGE]),
        ([*"CODE:ABC", "Enter"], ["CODE:ABC"]),
        ([*"abc", "Enter"], []),
        (["Tab", "Tab", "Enter"], []),
    ],
)
def test_what_a_scanner_types_is_told_whatever_it_ends_with(rules: Any, keys: list[str], told: list[str]) -> None:
    body = """const told = []; const stop = listenToScanner((text) => told.push(text));
      for (const key of given[0]) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      stop(); return told;"""
    assert rules("wedge.js", "listenToScanner", body, keys) == told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BADGE, {"kind": "badge", "credential": BADGE}),
        (f"  {BADGE}\n", {"kind": "badge", "credential": BADGE}),
        ("E2:ANYTHING", {"kind": "badge", "credential": "E2:ANYTHING"}),
        ("E1:", {"kind": "badge", "credential": "E1:"}),
        ("https://a.example/door/#enrol=AB-CD", {"kind": "enrolment", "code": "AB-CD"}),
        ("https://a.example/door#enrol=a%20b", {"kind": "enrolment", "code": "a b"}),
        ("https://a.example/door/#enrol=%E0%A4%A", {"kind": "foreign", "family": "web"}),
        ("https://example.org/", {"kind": "foreign", "family": "web"}),
        ("www.example.org", {"kind": "foreign", "family": "web"}),
        ("WIFI:S:hall;T:WPA;P:secret;;", {"kind": "foreign", "family": "wifi"}),
        ("BEGIN:VCARD\nFN:A\nEND:VCARD", {"kind": "foreign", "family": "contact"}),
        ("mailto:a@b.example", {"kind": "foreign", "family": "contact"}),
        ("bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", {"kind": "foreign", "family": "payment"}),
        ("wxp://f2f0abcdefg", {"kind": "foreign", "family": "payment"}),
        ("BCD\n002\n1\nSCT\n", {"kind": "foreign", "family": "payment"}),
        ("https://qr.alipay.com/abc", {"kind": "foreign", "family": "payment"}),
        ("M1DESMARAIS/LUC       EABC123 YULFRAAC 0834 226F001A0025 100", {"kind": "foreign", "family": "boarding"}),
        ("f7x4cr7c2vm5hyx3mk4wpt8ukzvdhd5q", {"kind": "foreign", "family": "ticket"}),
        (
            "TlAgICB0aWNrZXQgb2YgYW5vdGhlciBzeXN0ZW0sIHNpZ25lZCBieSBpdA==.c2lnbmF0dXJl",
            {"kind": "foreign", "family": "ticket"},
        ),
        ("https://pay.google.com/gp/v/save/eyJhbGci.e30.c2ln", {"kind": "foreign", "family": "wallet"}),
        ("https://wallet.example/passes/8F3KQ.pkpass?v=2", {"kind": "foreign", "family": "wallet"}),
        ("https://pay.google.com/about", {"kind": "foreign", "family": "web"}),
        ("070", {"kind": "foreign", "family": "text"}),
        ("欢迎", {"kind": "foreign", "family": "text"}),
        ("", {"kind": "foreign", "family": "text"}),
        ("e1:lower", {"kind": "foreign", "family": "text"}),
    ],
)
def test_a_text_is_a_badge_a_code_for_a_phone_or_foreign(rules, text, expected):
    assert rules("classify.js", "classify", "return classify(given[0]);", text) == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([], None),
        ([BADGE], {"text": BADGE}),
        ([BADGE, BADGE], {"text": BADGE}),  # printed on both halves of one card
        ([BADGE, BADGE[:-1] + "1"], {"several": True}),
        (["https://sponsor.example/", BADGE], {"text": BADGE}),
        (["https://sponsor.example/"], {"text": "https://sponsor.example/"}),
        (["WIFI:S:hall;;", "https://sponsor.example/"], {"several": True}),
    ],
)
def test_the_only_badge_in_a_picture_is_meant_and_of_two_neither(rules, seen, expected):
    assert rules("classify.js", "meant", "return meant(given[0]);", seen) == expected
