"""The symbol of a badge is the one a general library draws, and a reader reads it back."""

import re

import numpy
import pytest
import qrcode
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from checkin import qr
from checkin.tokens import Token, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
texts = st.binary(min_size=8, max_size=8).map(lambda public_id: sign(KEY, Token(1, 4711, public_id, 1, 5)))


@given(texts)
@settings(max_examples=25, deadline=None)
def test_the_symbol_is_version_5_at_level_m_as_a_general_library_draws_it(text):
    other = qrcode.QRCode(version=5, error_correction=qrcode.ERROR_CORRECT_M, mask_pattern=qr.MASK, border=0)
    other.add_data(qrcode.util.QRData(text.encode(), mode=qrcode.util.MODE_ALPHA_NUM))
    other.make(fit=False)
    assert qr.modules(text) == ["".join(str(int(dark)) for dark in row) for row in other.get_matrix()]


@given(texts)
@settings(max_examples=10, deadline=None)
def test_a_reader_reads_the_text_back(text):
    rows = [[255 if dark == "0" else 0 for dark in row] for row in qr.modules(text)]
    picture = numpy.pad(numpy.array(rows, dtype=numpy.uint8), qr.QUIET_ZONE, constant_values=255)
    found = zxingcpp.read_barcodes(picture.repeat(4, axis=0).repeat(4, axis=1))
    assert [code.text for code in found] == [text]


@pytest.mark.parametrize("text", ["", "A" * 121, "A" * 123, "a" * 122, "é" * 122])
def test_what_does_not_fill_the_symbol_is_an_error(text):
    with pytest.raises(ValueError, match="text"):
        qr.modules(text)


@given(texts)
@settings(max_examples=25, deadline=None)
def test_the_strokes_cover_the_dark_modules_and_no_others(text):
    covered = [["0"] * qr.SIZE for _row in range(qr.SIZE)]
    for y, along in re.findall(r"M0 (\d+)\.5([^M]*)", qr.strokes(text)):
        x = 0
        for kind, length in re.findall(r"([hm])(\d+)", along.replace(" 0", "")):
            if kind == "h":
                covered[int(y)][x : x + int(length)] = ["1"] * int(length)
            x += int(length)
    assert ["".join(row) for row in covered] == qr.modules(text)
