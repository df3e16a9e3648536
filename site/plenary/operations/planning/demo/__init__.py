"""The demonstration event: an invented forum with programme, pages in six languages, press, guests and staff.

`content/` holds its texts, one file per language, and its facts; the modules bring them in through the same actions
that people use. Nothing here is used by an event that people make.
"""

from typing import NamedTuple

PASSWORD = "plenary-demo"  # noqa: S105 — printed by `make run`; outside development no account can be opened with it
SLUG = "forum"


class Login(NamedTuple):
    """One demonstration account."""

    login: str
    password: str
    role: str


# Account, name, what the person does, the groups of planning.roles.
STAFF: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("admin", "Demo Administrator", "administrator: everything", ()),
    ("office", "Lin Wei", "conference office: programme, categories, guests, plan", ("Conference office",)),
    ("protocol", "Aurélie Martin", "vetting officer, protocol desk", ("Vetting: protocol desk",)),
    ("security", "Karim Benali", "vetting officer, security desk, and the security department",
     ("Vetting: security desk", "Security")),
    ("travel", "Mei Tanaka", "travel and visa desk: passports and letters", ("Travel and visa desk",)),
    ("security2", "Elif Demir", "second vetting officer, security desk", ("Vetting: security desk",)),
    ("press", "Ioana Popescu", "press officer: accreditation and press room", ("Vetting: press desk", "Publicity")),
    ("editor", "Tom Hughes", "editor: pages", ("Editor",)),
    ("translator", "Nadia Haddad", "translator: pages in other languages", ("Translator",)),
    ("door", "Luis Romero", "door supervisor: phones and badges", ("Door supervisor",)),
    ("desk", "Mariana Costa", "registration desk: walk-ins and paper forms", ("Registration desk",)),
    ("privacy", "Hanna Weiss", "data protection: consents, wishes to be forgotten, certificates", ("Data protection",)),
    ("hr", "Zhang Min", "human resources department", ("HR",)),
    ("finance", "Olga Petrova", "finance department", ("Finance",)),
    ("it", "Pavel Novák", "IT department", ("IT",)),
    ("director", "Wang Lan", "leading group: approves plans", ("Leading group",)),
)  # fmt: skip
DEMO_LOGINS = [Login(login, PASSWORD, role) for login, _name, role, _groups in STAFF]
