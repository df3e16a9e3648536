"""The QR symbol of a badge: always version 5 at level M, alphanumeric, 122 characters. Pure, and ten times faster
than a general library, which would spend most of a badge's time on choosing among versions, modes and masks.

What all such symbols share (finder, timing and alignment patterns, format bits, the order in which data bits lie) is
worked out once, and so is what each half byte of the data changes in a symbol, its error correction included; a symbol is
then 172 table look-ups. Tests compare it with the general library.
"""

import re
from collections.abc import Callable
from functools import cache, reduce
from operator import getitem, itemgetter, xor

from checkin.tokens import LENGTH

SIZE = 37  # modules along one side
QUIET_ZONE = 4  # modules of white that the standard asks for around it
MASK = 0  # (row + column) even: any mask is readable, and badge texts are random, so none is better
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_DATA_CODEWORDS, _BLOCKS, _CORRECTION = 86, 2, 24
_FORMAT_BITS = 0b101010000010010  # level M, mask 0, with its own error correction, as the standard tabulates it
_RUNS = re.compile("1+|0+").findall
_VALUE = {character: value for value, character in enumerate(ALPHANUMERIC)}


def modules(text: str) -> list[str]:
    """The symbol's rows, "1" for dark; raises ValueError for what is not 122 alphanumeric characters."""
    laid = _laid(text)
    return [laid[start : start + SIZE] for start in range(0, SIZE * SIZE, SIZE)]


def strokes(text: str) -> str:
    """The dark modules as the data of one SVG path, to be stroked one module wide: a line for each run in a row.

    Lines are half as long to write, to read and to store as filled rectangles, and print the same.
    """
    drawn = []
    for y, row in enumerate(modules(text)):
        drawn.append(f"M0 {y}.5")
        drawn += [_piece(row[:10]), _piece(row[10:19]), _piece(row[19:28]), _piece(row[28:])]
    return "".join(drawn)


@cache
def _piece(modules: str) -> str:
    """A part of a row: what goes on in the next part is the same line, so nothing shows where they meet."""
    return "".join(f"h{len(run)}" if run[0] == "1" else f"m{len(run)} 0" for run in _RUNS(modules))


def _laid(text: str) -> str:
    """All modules in one string, row by row.

    Modules are sums (exclusive or) of the data's bits, so each half byte of the data brings its share from a table.
    """
    plain, shares = _shares()
    return f"{reduce(xor, map(getitem, shares, _data(text).hex()), plain):0{SIZE * SIZE}b}"


@cache
def _shares() -> tuple[int, list[dict[str, int]]]:
    """The symbol of data that are all zeros; and for each half byte, what each value of it turns over there."""
    plain = _drawn(bytes(_DATA_CODEWORDS))
    shares = []
    for place in range(2 * _DATA_CODEWORDS):
        bits = [
            _drawn((1 << 8 * _DATA_CODEWORDS - 4 * (place + 1) + bit).to_bytes(_DATA_CODEWORDS, "big")) ^ plain
            for bit in range(4)
        ]
        shares.append(
            {
                f"{value:x}": reduce(xor, (share for bit, share in enumerate(bits) if value >> bit & 1), 0)
                for value in range(16)
            }
        )
    return plain, shares


def _drawn(data: bytes) -> int:
    """The symbol of some data as one number, the first module in its highest bit."""
    bits = _interleaved(data) + "0000000"  # seven bits are left over in version 5
    shape, order = _frame()
    return int("".join(order(bits)), 2) ^ shape


def _data(text: str) -> bytes:
    """The 86 data codewords: mode, length, pairs of characters in 11 bits, terminator, padding."""
    if len(text) != LENGTH:
        raise ValueError(f"a badge text has {LENGTH} characters")
    try:
        values = [_VALUE[character] for character in text]
    except KeyError as error:
        raise ValueError("not an alphanumeric text") from error
    number = 0b0010 << 9 | LENGTH
    for first, second in zip(values[::2], values[1::2], strict=True):
        number = number << 11 | first * 45 + second
    used = 4 + 9 + 11 * LENGTH // 2
    return (number << (8 * _DATA_CODEWORDS - used)).to_bytes(_DATA_CODEWORDS, "big")


def _interleaved(data: bytes) -> str:
    """Data and error correction of both blocks, codeword by codeword in turn, as bits."""
    half = _DATA_CODEWORDS // _BLOCKS
    one, two = data[:half], data[half:]
    mixed = bytearray()
    for left, right in ((one, two), (_correction(one), _correction(two))):
        both = bytearray(2 * len(left))
        both[::2], both[1::2] = left, right
        mixed += both
    return f"{int.from_bytes(mixed, 'big'):0{8 * len(mixed)}b}"


def _correction(block: bytes) -> bytes:
    """The remainder of the block by the generator, a byte at a time through a table, like a CRC."""
    table, rest = _remainders(), 0
    top, keep = 8 * (_CORRECTION - 1), (1 << 8 * _CORRECTION) - 1
    for byte in block:
        rest = (rest << 8) & keep ^ table[rest >> top ^ byte]
    return rest.to_bytes(_CORRECTION, "big")


@cache
def _remainders() -> list[int]:
    """For each leading byte, what dividing it away leaves in the 24 bytes behind it."""
    exponent, logarithm = [1] * 255, [0] * 256
    for power in range(1, 255):
        doubled = exponent[power - 1] << 1
        exponent[power] = doubled ^ 0x11D if doubled > 255 else doubled
        logarithm[exponent[power]] = power
    generator = [1]
    for root in range(_CORRECTION):
        # times (x + 2^root); coefficients from the highest power down, none of them zero
        shifted = [exponent[(logarithm[c] + root) % 255] if c else 0 for c in generator]
        generator = [a ^ b for a, b in zip([*generator, 0], [0, *shifted], strict=True)]

    def times(coefficient: int, byte: int) -> int:
        return exponent[(logarithm[coefficient] + logarithm[byte]) % 255] if coefficient and byte else 0

    return [
        int.from_bytes(bytes(times(coefficient, byte) for coefficient in generator[1:]), "big") for byte in range(256)
    ]


@cache
def _frame() -> tuple[int, Callable[[str], tuple[str, ...]]]:
    """What is dark without data (patterns, and the mask where data lies), and for each module its data bit.

    Modules of the patterns take the last data bit, which is always a leftover zero.
    """
    fixed = _patterns()
    dark = [[fixed.get((row, column), 0) for column in range(SIZE)] for row in range(SIZE)]
    order = [_leftover_bit()] * (SIZE * SIZE)
    for position, (row, column) in enumerate(_data_modules(fixed)):
        order[row * SIZE + column] = position
        dark[row][column] = int((row + column) % 2 == 0)
    rearranged: Callable[[str], tuple[str, ...]] = itemgetter(*order)
    return int("".join(str(module) for row in dark for module in row), 2), rearranged


def _leftover_bit() -> int:
    return 8 * (_DATA_CODEWORDS + _BLOCKS * _CORRECTION) + 6


def _data_modules(fixed: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Where data bits lie, in order: two columns at a time from the right, up and down, around the patterns."""
    found = []
    rows = list(range(SIZE - 1, -1, -1))
    for right in [*range(SIZE - 1, 6, -2), 5, 3, 1]:
        found += [(row, column) for row in rows for column in (right, right - 1) if (row, column) not in fixed]
        rows.reverse()
    return found


def _patterns() -> dict[tuple[int, int], int]:
    """Everything that is not data: finders with their white borders, timing, alignment, the dark module, format bits."""
    fixed: dict[tuple[int, int], int] = {}
    for top, left in ((0, 0), (0, SIZE - 7), (SIZE - 7, 0)):
        for row in range(-1, 8):
            for column in range(-1, 8):
                if 0 <= top + row < SIZE and 0 <= left + column < SIZE:
                    ring = max(abs(row - 3), abs(column - 3))
                    fixed[top + row, left + column] = int(ring in (0, 1, 3))
    for along in range(8, SIZE - 8):
        fixed[6, along] = fixed[along, 6] = int(along % 2 == 0)
    for row in range(-2, 3):
        for column in range(-2, 3):
            fixed[SIZE - 7 + row, SIZE - 7 + column] = int(max(abs(row), abs(column)) != 1)
    for position in range(15):
        bit = _FORMAT_BITS >> position & 1
        upright = position if position < 6 else position + 1 if position < 8 else SIZE - 15 + position
        across = SIZE - 1 - position if position < 8 else 7 if position == 8 else 14 - position
        fixed[upright, 8] = fixed[8, across] = bit
    fixed[SIZE - 8, 8] = 1
    return fixed
