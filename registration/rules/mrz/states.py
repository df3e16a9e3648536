"""States and organisations in the zone: three letters, mostly of ISO 3166, with ICAO's own beside them (part 3, section 5)."""

from __future__ import annotations

from collections.abc import Mapping

from django_countries import countries

# ICAO's own codes that name a country: the German one letter, the British kinds of nationality, Kosovo.
_COUNTRIES: Mapping[str, str] = {
    "D": "DE", "GBD": "GB", "GBN": "GB", "GBO": "GB", "GBP": "GB", "GBS": "GB", "RKS": "XK", "ROM": "RO", "ZAR": "CD",
}  # fmt: skip
# Issuers that are no country, and bearers who have none: organisations, the stateless, refugees, unspecified.
_NO_COUNTRY = frozenset(
    [
        *(
            "UNO",
            "UNA",
            "UNK",
            "EUE",
            "XOM",
            "XPO",
            "XCC",
            "XCE",
            "XCO",
            "XEC",
            "XMP",
            "XBA",
            "XIM",
            "XAF",
            "XDC",
            "XES",
        ),
        *("XXA", "XXB", "XXC", "X" * 3, "UTO", "XCT", "WSA", "XAA"),
    ]
)


def country_of(code: str) -> str | None:
    """The two letters of ISO 3166 for a code of the zone; "" for a known one that is no country, None for an unknown one."""
    code = code.rstrip("<")
    if code in _COUNTRIES:
        return _COUNTRIES[code]
    if code in _NO_COUNTRY:
        return ""
    return str(countries.alpha2(code)) or None if len(code) == 3 else None


def issuer_code(country: str) -> str:
    """The code of the zone for two letters of ISO 3166, without fillers."""
    return {"DE": "D", "XK": "RKS"}.get(country) or str(countries.alpha3(country))
