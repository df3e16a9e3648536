"""Names as the zone writes them (part 3, section 6): which Latin letters stand for others, and whether two spellings agree."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping

from anyascii import anyascii

# What a letter becomes, ICAO's recommendation first, then what states also print. Letters that are not here lose their marks.
_LATIN: Mapping[str, tuple[str, ...]] = {
    "Ä": ("AE", "A"), "Å": ("AA", "A"), "Æ": ("AE",), "Ð": ("D",), "Đ": ("D",), "Ħ": ("H",), "I": ("I",), "İ": ("I",),
    "Ĳ": ("IJ",), "ı": ("I",), "ĸ": ("Q", "K"), "Ł": ("L",), "Ñ": ("N", "NXX"), "Ŋ": ("N",), "Ö": ("OE", "O"),
    "Ø": ("OE", "O"), "Œ": ("OE",), "Ő": ("O", "OE"), "Ü": ("UE", "U", "UXX"), "Ű": ("U", "UE"), "ẞ": ("SS",),
    "Ŧ": ("T",), "Þ": ("TH",), "Ə": ("E", "A"), "Ơ": ("O",), "Ư": ("U",), "Õ": ("O", "OE"),
}  # fmt: skip
_CYRILLIC: Mapping[str, tuple[str, ...]] = {
    "А": ("A",), "Б": ("B",), "В": ("V",), "Г": ("G", "H"), "Ґ": ("G",), "Д": ("D",), "Ѓ": ("G",), "Ђ": ("D", "DJ"),
    "Е": ("E", "IE", "YE"), "Ё": ("E", "IO", "YO"), "Є": ("IE", "YE"), "Ж": ("ZH", "Z"), "З": ("Z",), "Ѕ": ("DZ",),
    "И": ("I", "Y"), "І": ("I",), "Ї": ("I", "YI"), "Й": ("I", "Y"), "Ј": ("J",), "К": ("K",), "Ќ": ("K",), "Л": ("L",),
    "Љ": ("LJ",), "М": ("M",), "Н": ("N",), "Њ": ("NJ",), "О": ("O",), "П": ("P",), "Р": ("R",), "С": ("S",),
    "Т": ("T",), "Ћ": ("C",), "У": ("U",), "Ў": ("U",), "Ф": ("F",), "Х": ("KH", "H"), "Ц": ("TS", "C"), "Ч": ("CH", "C"),
    "Џ": ("DZ",), "Ш": ("SH", "S"), "Щ": ("SHCH", "SHT"), "Ъ": ("IE", ""), "Ы": ("Y",), "Ь": ("",), "Э": ("E",),
    "Ю": ("IU", "YU"), "Я": ("IA", "YA"),
}  # fmt: skip
_JOINS = re.compile(r"['’ʼ`´ʻʿʾ.]")  # written together: O'Connor is OCONNOR
_PARTS = re.compile(r"[^A-Z]+")
VARIANTS = 64  # spellings looked at for one word: «ÄÖÜ» repeated would give thousands


def transliterate(text: str) -> str:
    """A name in the zone's letters by ICAO's recommendation, with spaces between its parts: «Müller-Søren» MUELLER SOEREN."""
    return " ".join(forms[0] for word in _words(text) if (forms := _word_forms(word))[0])


def mrz_forms(text: str) -> set[str]:
    """Every spelling of a name that a zone may print, with spaces between its parts; at most VARIANTS a word."""
    words = [_word_forms(word) for word in _words(text)]
    return {" ".join(chosen).strip() for chosen in itertools.islice(itertools.product(*words), VARIANTS * 4)}


def _words(text: str) -> list[str]:
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text))
    upper = _JOINS.sub("", composed.replace("ß", "ẞ").upper())
    return [word for word in re.split(r"[\s\-‐-―,/·]+", upper) if word]


def _word_forms(word: str) -> list[str]:
    choices = [_letter_forms(letter) for letter in word]
    spelt = ("".join(chosen) for chosen in itertools.islice(itertools.product(*choices), VARIANTS))
    return list(dict.fromkeys(spelt))


def _letter_forms(letter: str) -> tuple[str, ...]:
    if known := _LATIN.get(letter) or _CYRILLIC.get(letter):
        return known
    bare = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    latin = _PARTS.sub("", bare.upper()) or _PARTS.sub("", anyascii(bare).upper())
    return (latin,)


def names_agree(written: str, printed: str, *, cut: bool = False) -> bool:
    """Whether a name as a person writes it and one as the zone prints it are the same.

    The order of the parts and what separates them do not matter; with `cut` the zone had no room for the end.
    """
    target = _pressed(printed.replace("<", " ").split())
    for form in mrz_forms(written):
        parts = form.split()
        if _pressed(parts) == target or sorted(parts) == sorted(printed.replace("<", " ").split()):
            return True
        if cut and target and _pressed(parts).startswith(target):
            return True
    return False


def _pressed(parts: Iterable[str]) -> str:
    return "".join(parts)
