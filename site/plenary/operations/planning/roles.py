"""The roles of the institution (product.md 2.1) and what each may do, no more than its work needs. Installed by a migration.

A role is a group of Django's: an account gets several. Names are data, kept in English like every group's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plenary.operations.planning.first_desks import DESKS, REASONS

ADMIN = "wagtailadmin.access_admin"
SEE_EVENTS = ("events.view_event", "events.view_session", "events.view_person", "events.view_venue")
FACTS = ("event", "venue", "room", "track", "session", "person", "sessionperson")
PAGES_PUBLISH = ("wagtailcore.add_page", "wagtailcore.change_page", "wagtailcore.publish_page")
MEDIA = (
    *("wagtailimages.add_image", "wagtailimages.change_image", "wagtailimages.choose_image"),
    *("wagtaildocs.add_document", "wagtaildocs.change_document", "wagtaildocs.choose_document"),
)


def _all(app: str, model: str, *verbs: str) -> tuple[str, ...]:
    return tuple(f"{app}.{verb}_{model}" for verb in verbs)


def _department(name: str) -> tuple[str, ...]:
    return (ADMIN, "planning.view_plan", f"planning.review_plan_{name}", *SEE_EVENTS)


_DESK = (ADMIN, "registration.view_registration", "registration.vet_registration", "registration.view_identity")

# Fees, sponsors, payments received; to pay back is a right of its own.
_MONEY = (
    *("registration.view_payment", "registration.manage_payments"),
    *_all("registration", "fee", "view", "add", "change", "delete"),
    *_all("registration", "sponsorship", "view", "add", "change"),
)

PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "Conference office": (
        *(ADMIN, "events.publish_event"),
        *(permission for model in FACTS for permission in _all("events", model, "view", "add", "change")),
        *(permission for model in FACTS[2:] for permission in _all("events", model, "delete")),
        *_all("events", "eventstaff", "view", "add", "delete"),
        *_all("planning", "plan", "view", "add", "change", "submit"),
        *("registration.view_registration", "registration.handle_guests", "registration.handle_press"),
        *("registration.vet_registration", "registration.approve_registration", "registration.cancel_registration"),
        *("registration.view_identity", "registration.export_registration"),
        *(*_MONEY, "registration.refund_payment"),
        *_all("registration", "category", "view", "add", "change"),
        *_all("registration", "invitation", "view", "add", "change", "send", "assess", "export"),
        *_all("registration", "visacase", "view", "change"),
        *("registration.view_letter", "registration.issue_letter"),
        *_all("registration", "lettertemplate", "view", "add", "change"),
        *_all("registration", "letterhead", "view", "add", "change"),
        *_all("registration", "letterrules", "view", "add", "change"),
        *_all("registration", "holiday", "view", "add", "change", "delete"),
        *_all("registration", "delegation", "view", "add", "change"),
        *("registration.send_delegation_link", "registration.register_at_desk", "registration.exceed_quota"),
        *_all("registration", "question", "view", "add", "change", "delete"),
        *_all("registration", "categorydesk", "view", "add", "change", "delete"),
        *_all("registration", "desk", "view", "add", "change"),
        *_all("registration", "reasoncode", "view", "add", "change"),
        *_all("registration", "section", "view", "add", "change", "delete"),
        *_all("registration", "secondform", "view", "add", "change"),
        *("registration.view_changerequest", "registration.decide_changerequest"),
        *("registration.fill_staff_answers", "registration.read_every_answer"),
        *_all("registration", "messagetemplate", "view", "add", "change"),
        *_all("registration", "mailing", "view", "add", "send"),
        *_all("registration", "reminder", "view", "add", "change"),
        *("registration.view_issue", "registration.handle_issue"),
        *("registration.view_contactnote", "registration.add_contactnote"),
        *("core.view_message", "core.view_message_text", "core.resend_message", "core.view_historyentry"),
        *_all("checkin", "checkpoint", "view", "add", "change", "delete"),
        *_all("checkin", "right", "view", "add", "change", "delete"),
        *_all("checkin", "badgedesign", "view", "add", "change", "delete"),
        *("checkin.view_device", "checkin.manage_devices", "checkin.view_scan", "checkin.print_badge"),
        *("checkin.print_desk_badge", "checkin.excuse_guest", "checkin.resolve_conflict"),
    ),
    "Vetting: protocol desk": (
        *(*_DESK, "registration.handle_guests", "registration.view_invitation", "registration.view_delegation"),
        *("registration.view_changerequest", "registration.decide_changerequest", "registration.fill_staff_answers"),
        *("registration.approve_registration", "registration.cancel_registration"),
        *("registration.view_issue", "registration.handle_issue"),
        *("registration.view_contactnote", "registration.add_contactnote"),
    ),
    # Security speaks against, it does not let in: asking and turning down, for guests and for the press.
    # The watch list is theirs alone.
    "Vetting: security desk": (
        *("registration.view_invitation", "registration.assess_invitation"),
        *(*_DESK, "registration.handle_guests", "registration.handle_press"),
        *("registration.view_passport", *_all("registration", "watchlistentry", "view", "add", "change", "delete")),
        "registration.view_delegation",
    ),
    # Visas and letters need passports; answers and decisions are no business of this desk.
    "Travel and visa desk": (
        *(ADMIN, "registration.view_registration", "registration.view_passport"),
        *(*_all("registration", "visacase", "view", "change"), "registration.view_letter", "registration.issue_letter"),
        *("registration.handle_guests", "registration.handle_press"),
    ),
    # Types in who stands at the counter and hands them their badge; sees nobody else's dossier and replaces no badge.
    "Registration desk": (ADMIN, "registration.register_at_desk", "checkin.print_desk_badge"),
    "Vetting: press desk": (
        *(*_DESK, "registration.handle_press"),
        *("registration.view_changerequest", "registration.decide_changerequest", "registration.fill_staff_answers"),
        *("registration.approve_registration", "registration.cancel_registration"),
        *("registration.view_issue", "registration.handle_issue"),
        *("registration.view_contactnote", "registration.add_contactnote"),
        *("publicity.read_embargoed", "publicity.view_download"),
    ),
    # Answers for personal data without seeing who decides what: requests, consents, certificates, rules, looks.
    "Data protection": (
        *(ADMIN, "registration.manage_privacy", "core.view_accesslog", "core.view_historyentry"),
        *_all("registration", "retentionrule", "view", "add"),
    ),
    "Leading group": (ADMIN, "planning.view_plan", "planning.approve_plan", *SEE_EVENTS),
    "HR": _department("hr"),
    "Finance": (*_department("finance"), *_MONEY, "registration.refund_payment"),
    "Security": (*_department("security"), "core.view_accesslog", "core.export_accesslog", "core.view_historyentry"),
    "IT": (
        *_department("it"),
        *("core.view_message", "core.resend_message"),
        *("checkin.view_checkpoint", "checkin.view_device", "checkin.manage_devices"),
    ),
    "Publicity": (*_department("publicity"), "publicity.read_embargoed", "publicity.view_download"),
    "Editor": (ADMIN, *SEE_EVENTS, "wagtail_localize.submit_translation", "publicity.read_embargoed"),
    "Translator": (ADMIN, "wagtail_localize.submit_translation", "publicity.read_embargoed"),
    "Door supervisor": (
        *(ADMIN, "checkin.view_checkpoint", "checkin.view_device", "checkin.manage_devices"),
        *("checkin.view_scan", "checkin.print_badge", "checkin.resolve_conflict"),
    ),
}
# On the whole tree of pages, and on the root collection of images and documents.
PAGES: Mapping[str, tuple[str, ...]] = {
    "Publicity": PAGES_PUBLISH,
    "Editor": PAGES_PUBLISH,
    "Translator": ("wagtailcore.change_page",),
}
COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    "Publicity": MEDIA,
    "Editor": MEDIA,
    "Translator": ("wagtailimages.choose_image", "wagtaildocs.choose_document"),
}
# Groups that Wagtail makes of itself: they say nothing about this institution and would be a second set of roles.
FOREIGN = ("Moderators", "Editors")


def install(apps: Any) -> None:
    """Make every role and give it its permissions, with the models of a migration's state. Running it again adds what is new.

    Raises LookupError for a permission nobody defines: a misspelt right must not be a right silently missing.
    """
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, wanted in PERMISSIONS.items():
        if missing := sorted(set(wanted) - known.keys()):
            raise LookupError(f"{name}: no such permission: {', '.join(missing)}")
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(*(known[permission] for permission in wanted))
    _on_pages(apps, known)
    _on_collections(apps, known)
    Group.objects.filter(name__in=FOREIGN, user=None).delete()
    _desks(apps)


def _desks(apps: Any) -> None:
    """The desks every institution begins with, and reasons they share. Staff change them; what is there is left alone."""
    Group, Desk = apps.get_model("auth", "Group"), apps.get_model("registration", "Desk")
    ReasonCode = apps.get_model("registration", "ReasonCode")
    for slug, desk in DESKS.items():
        group = Group.objects.get(name=desk.group)
        Desk.objects.get_or_create(slug=slug, defaults={"name": dict(desk.name), "group": group})
    for position, (slug, reason) in enumerate(REASONS.items()):
        ReasonCode.objects.get_or_create(
            slug=slug,
            defaults={
                "label": dict(reason.label),
                "verdicts": list(reason.verdicts),
                "needs_text": reason.needs_text,
                "position": position,
            },
        )


def _on_pages(apps: Any, permissions: Mapping[str, Any]) -> None:
    Grant = apps.get_model("wagtailcore", "GroupPagePermission")
    root = apps.get_model("wagtailcore", "Page").objects.get(depth=1)
    for group, wanted in _groups(apps, PAGES):
        for name in wanted:
            Grant.objects.get_or_create(group=group, page=root, permission=permissions[name])


def _on_collections(apps: Any, permissions: Mapping[str, Any]) -> None:
    Grant = apps.get_model("wagtailcore", "GroupCollectionPermission")
    root = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    for group, wanted in _groups(apps, COLLECTIONS):
        for name in wanted:
            Grant.objects.get_or_create(group=group, collection=root, permission=permissions[name])


def _groups(apps: Any, table: Mapping[str, tuple[str, ...]]) -> list[tuple[Any, tuple[str, ...]]]:
    Group = apps.get_model("auth", "Group")
    return [(Group.objects.get(name=name), wanted) for name, wanted in table.items()]
