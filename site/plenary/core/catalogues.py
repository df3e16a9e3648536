"""The interface's translations as files: found in code and templates, kept in .po catalogues, compiled to .mo.

Uses Babel and Django's own template parser, so that no machine needs the gettext programs. Catalogues hold no dates, no
line numbers and no paths of a machine: they change only when a text does.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from plenary.core.languages import DEFAULT, LANGUAGES

FOLDERS = ("portal", "registration", "checkin", "publicity", "site/plenary", "templates")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Django's own rule for Arabic, in the usual order zero, one, two, few, many, other.
_ARABIC = "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5"
_PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%[sd]|\{(\w*)\}")
_TAG = re.compile(r"</?([a-zA-Z][\w-]*)")
Identity = tuple[str, str | None, str | None]  # text, plural, context


def translated_languages() -> list[str]:
    """Codes of the languages that have a catalogue: all but the one the product is written in."""
    return [language.code for language in LANGUAGES if language != DEFAULT]


def path_of(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"


def plural_rule(language: str) -> tuple[int, str]:
    """How many forms a language has, and the expression that chooses one for n."""
    if language == "ar":
        return 6, _ARABIC
    rule = get_plural(to_locale(language))
    return rule.num_plurals, rule.plural_expr.removeprefix("(").removesuffix(")")


def form_examples(language: str) -> list[str]:
    """For each plural form the numbers that take it, so that a translator need not know the rule."""
    count, expression = plural_rule(language)
    choose = c2py(expression)
    numbers: list[list[int]] = [[] for _form in range(count)]
    for n in (*range(0, 31), 100, 101, 102, 103, 111, 121, 1000):
        numbers[choose(n)].append(n)
    return ["n = " + ", ".join(map(str, form[:6])) + (" …" if len(form) > 6 else "") for form in numbers]


def identity(message: Message) -> Identity:
    if isinstance(message.id, (tuple, list)):
        return str(message.id[0]), str(message.id[1]), message.context
    return str(message.id), None, message.context


# -- finding texts -----------------------------------------------------------------------------------------------------
def source_texts() -> Catalog:
    """Every text the product shows, as found in its code and templates, with the files that use it."""
    catalog = Catalog(charset="utf-8")
    for path in sorted(_sources()):
        name = path.relative_to(settings.ROOT).as_posix()
        for _line, text, comments, context in _texts_in(path):
            catalog.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    for message in catalog:
        message.locations = sorted(set(message.locations))
        message.auto_comments = list(dict.fromkeys(message.auto_comments))
    return catalog


def _sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in (settings.ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".html", ".txt", ".xml", ".subject"} and not _foreign(path):
                yield path


def _foreign(path: Path) -> bool:
    return bool({"migrations", "vendor", "static", "node_modules", "locale"} & set(path.parts))


def _texts_in(path: Path) -> Iterable[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django blanks everything but the texts; indentation that is left would trip the tokenizer.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    found = extract("python", io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], strip_comment_tags=True)
    return list(found)


# -- catalogues --------------------------------------------------------------------------------------------------------
def load(language: str) -> Catalog:
    """The catalogue of a language; an empty one where there is no file yet."""
    path = path_of(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language))


def _empty(language: str) -> Catalog:
    count, expression = plural_rule(language)
    catalog = Catalog(locale=to_locale(language), charset="utf-8")
    catalog.mime_headers = [("Plural-Forms", f"nplurals={count}; plural=({expression});")]
    return catalog


def renew(language: str, texts: Catalog) -> Catalog:
    """The catalogue with exactly the texts of the source: translations kept, new texts empty, unused ones gone."""
    known = {identity(message): message.string for message in load(language) if message.id and not message.fuzzy}
    fresh = _empty(language)
    for message in texts:
        if not message.id:
            continue
        string = known.get(identity(message)) or (
            "" if identity(message)[1] is None else ("",) * plural_rule(language)[0]
        )
        fresh.add(
            message.id,
            string,
            locations=message.locations,
            auto_comments=message.auto_comments,
            flags=message.flags,
            context=message.context,
        )
    return fresh


def save(language: str, catalog: Catalog) -> bool:
    """Write the catalogue, sorted; answers whether the file changed."""
    body = io.BytesIO()
    write_po(body, catalog, width=120, omit_header=True, sort_output=True, include_lineno=False)
    count, expression = plural_rule(language)
    header = (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: Plenary\\n"\n'
        f'"Language: {to_locale(language)}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={count}; plural=({expression});\\n"\n\n'
    )
    content = header.encode() + body.getvalue().rstrip(b"\n") + b"\n"
    path = path_of(language)
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def compile_stale() -> list[str]:
    """Make the .mo of every catalogue that is newer than its own; answers the languages compiled."""
    done = []
    for language in translated_languages():
        source = path_of(language)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns):
            continue
        partial = target.with_suffix(f".{os.getpid()}.mo")
        partial.write_bytes(_compiled(load(language)))
        partial.replace(target)  # a server reading at this moment sees the old file or the new one, never half
        done.append(language)
    return done


def _compiled(catalog: Catalog) -> bytes:
    # A plural whose forms are empty would show as nothing; left out, it shows in English.
    for message in [message for message in catalog if message.id and not _translated(message)]:
        catalog.delete(message.id, message.context)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()


# -- checking ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Flaw:
    """What is wrong with one entry of a catalogue."""

    language: str
    text: str
    what: str

    def __str__(self) -> str:
        return f"{self.language}: {self.what}: {self.text!r}"


def flaws(language: str, texts: Catalog) -> list[Flaw]:
    """Missing, unused, fuzzy and broken entries of a catalogue, by the texts of the source."""
    wanted = {identity(message): message for message in texts if message.id}
    present = {identity(message): message for message in load(language) if message.id}
    found = [Flaw(language, key[0], "unused") for key in present.keys() - wanted.keys()]
    for key in wanted:
        message = present.get(key)
        if message is None or not _translated(message):
            found.append(Flaw(language, key[0], "missing"))
        elif message.fuzzy:
            found.append(Flaw(language, key[0], "fuzzy"))
        else:
            found += [Flaw(language, key[0], what) for what in mismatches(language, message)]
    return sorted(found, key=lambda flaw: (flaw.what, flaw.text))


def _translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def mismatches(language: str, message: Message) -> list[str]:
    """Where a translation does not keep what the program fills in: placeholders, tags, line ends, number of forms."""
    text, plural, _context = identity(message)
    if plural is None:
        return _differences(text, str(message.string))
    forms = (
        [str(form) for form in message.string] if isinstance(message.string, (tuple, list)) else [str(message.string)]
    )
    if len(forms) != plural_rule(language)[0]:
        return [f"{len(forms)} plural forms instead of {plural_rule(language)[0]}"]
    allowed, found = _placeholders(text) | _placeholders(plural), []
    for form in forms:
        # A form for exactly one or two may leave the number out; none may ask for what is not given.
        if unknown := _placeholders(form) - allowed:
            found.append(f"unknown placeholder {', '.join(sorted(unknown))}")
        if missing := (_placeholders(text) & _placeholders(plural)) - _placeholders(form) - {"count", "number", "n"}:
            found.append(f"placeholder lost: {', '.join(sorted(missing))}")
    return found


def _placeholders(text: str) -> set[str]:
    return {match[1] or match[2] or match[0] for match in _PLACEHOLDER.finditer(text.replace("%%", ""))}


def _differences(text: str, translation: str) -> list[str]:
    found = []
    if _placeholders(text) != _placeholders(translation):
        found.append("placeholders differ")
    if sorted(_TAG.findall(text)) != sorted(_TAG.findall(translation)):
        found.append("HTML tags differ")
    if text.startswith("\n") != translation.startswith("\n") or text.endswith("\n") != translation.endswith("\n"):
        found.append("line breaks at the ends differ")
    return found
