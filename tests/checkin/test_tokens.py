"""The badge text: what is signed comes back, everything else is refused for the right reason."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from checkin import tokens
from checkin.tokens import Forged, Malformed, OtherEvent, Token, UnknownKey

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
# Written by the reference implementation of the contract with the key above.
VECTORS = [
    (
        Token(1, 1, bytes(8), 1, 0),
        "E1:A60100000000000000A60850*UBYNR$V6DQ3CQRRGHHT9XY6M7KA89*VG90HB0N08ZK.-BJ3T$PSRL$62BNMWLSLP42P9ZPW$3DA92FVC1-K311PRYQAL70",
    ),
    (
        Token(1, 4711, bytes.fromhex("0123456789abcdef"), 1, 5),
        "E1:A60*W2470ENAO.KYEVA60S$0D-1:NCRMYF6Q$KE-U$A34IU9ML3FWL8JF67-:BN4RRD3LO663EC5K09GDKH*DN*F5KVII4E3*SY03-GCQ3AN4XVB24A$1B0",
    ),
    (
        Token(255, 2**24 - 1, b"\xff" * 8, 255, 2**16 - 1),
        "E1:H:-H:-H:-H:-H:-H:-H:-BY-6O9ZE3YDIDNP83IML0R4J73JE6G.5S634XN3584J-V31M2EUP$-8:-QVN9UQXK-5KMU9U8SB9H*PQGMJUU-O.EVW3K*U480",
    ),
]
any_token = st.builds(
    Token,
    key_id=st.integers(0, 255),
    event=st.integers(0, 2**24 - 1),
    public_id=st.binary(min_size=8, max_size=8),
    issue=st.integers(0, 255),
    rights=st.integers(0, 2**16 - 1),
)


@pytest.mark.parametrize(("token", "text"), VECTORS)
def test_texts_are_those_of_the_contract(token, text):
    assert tokens.sign(KEY, token) == text
    assert tokens.read(text, event=token.event, keys={token.key_id: PUBLIC}) == token


@given(any_token)
def test_what_was_signed_is_read_back_and_fills_the_symbol(token):
    text = tokens.sign(KEY, token)
    assert len(text) == 122
    assert tokens.read(text, event=token.event, keys={token.key_id: PUBLIC}) == token


@given(st.binary(max_size=100))
def test_base41_returns_every_byte(data):
    assert tokens.base41_decode(tokens.base41_encode(data)) == data


@given(any_token, st.integers(3, 121), st.sampled_from(tokens.ALPHABET))
def test_one_changed_character_never_opens_a_door(token, position, character):
    text = tokens.sign(KEY, token)
    changed = text[:position] + character + text[position + 1 :]
    if changed == text:
        return
    with pytest.raises(tokens.BadToken):
        tokens.read(changed, event=token.event, keys={token.key_id: PUBLIC})


@given(st.text(max_size=200))
def test_any_other_text_is_malformed(text):
    with pytest.raises(Malformed):
        tokens.unpack(text)


def test_texts_of_the_right_length_with_foreign_characters_are_malformed():
    for body in (" " * 119, "é" * 119, ":" * 119, "0" * 118 + "\n", "a" * 119):
        with pytest.raises(Malformed):
            tokens.unpack("E1:" + body)


def test_a_truncated_text_is_malformed():
    _token, text = VECTORS[0]
    for length in (0, 3, 60, 121):
        with pytest.raises(Malformed):
            tokens.read(text[:length], event=1, keys={1: PUBLIC})


def test_each_refusal_has_its_own_name():
    token, text = VECTORS[1]
    other = Ed25519PrivateKey.generate()
    with pytest.raises(OtherEvent):
        tokens.read(text, event=1, keys={1: PUBLIC})
    with pytest.raises(UnknownKey):
        tokens.read(text, event=token.event, keys={2: PUBLIC})
    with pytest.raises(Forged):
        tokens.read(tokens.sign(other, token), event=token.event, keys={1: PUBLIC})


def test_a_signature_made_for_another_purpose_is_forged():
    token, _text = VECTORS[1]
    lifted = tokens.PREFIX + tokens.base41_encode(token.pack() + KEY.sign(b"otherthing1" + token.pack()))
    with pytest.raises(Forged):
        tokens.read(lifted, event=token.event, keys={1: PUBLIC})


@pytest.mark.parametrize(
    "token",
    [
        Token(256, 1, bytes(8), 1, 0),
        Token(1, 2**24, bytes(8), 1, 0),
        Token(1, 1, bytes(7), 1, 0),
        Token(1, 1, bytes(8), 256, 0),
        Token(1, 1, bytes(8), 1, 2**16),
        Token(1, -1, bytes(8), 1, 0),
    ],
)
def test_numbers_that_do_not_fit_are_an_error_not_a_shorter_badge(token):
    with pytest.raises(ValueError, match=r"fit|8 bytes"):
        tokens.sign(KEY, token)
