"""The six languages of the product and what a script needs: its direction and its own name. Facts only, no look-ups."""

from dataclasses import dataclass

from django.utils.translation import get_language


@dataclass(frozen=True)
class Language:
    """One language of the interface: its code in addresses, its own name, its direction, its BCP 47 tag."""

    code: str
    name: str
    direction: str = "ltr"
    tag: str = ""

    @property
    def bcp47(self) -> str:
        return self.tag or self.code


LANGUAGES = (
    Language("en", "English"),
    Language("zh-hans", "简体中文", tag="zh-Hans"),
    Language("fr", "Français"),
    Language("es", "Español"),
    Language("ru", "Русский"),
    Language("ar", "العربية", direction="rtl"),
)
DEFAULT = LANGUAGES[0]
BY_CODE = {language.code: language for language in LANGUAGES}


def get(code: str | None) -> Language:
    """The language of a code as found in addresses or records; an unknown code falls back to English."""
    return BY_CODE.get((code or "").lower(), DEFAULT)


def current() -> Language:
    """The language of the page being made."""
    return get(get_language())
