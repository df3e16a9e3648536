"""Bytes to a Programme, whatever of the known formats they are in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.interchange.checking import check
from portal.interchange.json_reader import read_json
from portal.interchange.programme import BrokenProgramme, Reading, Remark
from portal.interchange.xml_reader import read_xml

LARGEST = 32 * 1024 * 1024


def read(data: bytes, *, zone: str = "") -> Reading:
    """The programme of a file, its format recognised by content; raises BrokenProgramme.

    `zone` is the event's own time zone, for old files that name none.
    """
    if len(data) > LARGEST:
        problem = _("The file is larger than %(size)s MB: no schedule is.") % {"size": LARGEST // 1024**2}
        raise BrokenProgramme([Remark("", problem)])
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or start[:1] == b"<":
        return check(read_xml(data), zone=zone)
    if start[:1] in (b"{", b"["):
        return check(read_json(data), zone=zone)
    if not start:
        raise BrokenProgramme([Remark(_("line 1"), _("The file is empty."))])
    raise BrokenProgramme([Remark(_("line 1"), _("This is neither the XML nor the JSON of a schedule."))])
