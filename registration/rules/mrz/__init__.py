"""The machine-readable zone of travel documents (ICAO Doc 9303, parts 3 to 6), without a database: reading it with an
explanation of what does not fit, writing it, and comparing its names with names as people write them."""

from registration.rules.mrz.digits import check_digit, likely_slip
from registration.rules.mrz.names import mrz_forms, names_agree, transliterate
from registration.rules.mrz.reading import Fault, Unreadable, Zone, read_zone
from registration.rules.mrz.states import country_of, issuer_code
from registration.rules.mrz.writing import write_td1, write_td3

__all__ = [
    "Fault",
    "Unreadable",
    "Zone",
    "check_digit",
    "country_of",
    "issuer_code",
    "likely_slip",
    "mrz_forms",
    "names_agree",
    "read_zone",
    "transliterate",
    "write_td1",
    "write_td3",
]
