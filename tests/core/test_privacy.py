"""The register of personal data: every field of every model of ours is in it, and nothing else is."""

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models

from plenary.core.privacy import Erasure, ModelRecord, Retention, register

OURS = {"plenary", "registration", "checkin", "publicity", "portal"}


def our_models() -> list[type[models.Model]]:
    ours = [model for model in apps.get_models() if model.__module__.partition(".")[0] in OURS]
    return [*ours, apps.get_model("auth.User")]


def declarable(model: type[models.Model]) -> set[str]:
    """Every concrete field of a model's own but its key, which names no person."""
    return {field.name for field in model._meta.local_concrete_fields if field.name != "id"}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label_lower)
def test_every_field_is_registered_as_personal_or_declared_impersonal(model: type[models.Model]) -> None:
    record = register().get(model._meta.label_lower, ModelRecord(model._meta.label_lower))
    personal = {entry.name for entry in record.personal}
    assert declarable(model) - personal - record.impersonal == set(), "declare them in the app's personal_data"
    assert (personal | record.impersonal) - declarable(model) == set(), "no such fields"
    assert personal & record.impersonal == set()


def test_the_register_knows_no_model_that_is_gone() -> None:
    assert set(register()) <= {model._meta.label_lower for model in our_models()}


@pytest.mark.parametrize("record", register().values(), ids=lambda record: record.model)
def test_what_is_to_be_erased_can_be_found_by_its_event(record: ModelRecord) -> None:
    timed = {entry.name for entry in record.personal if entry.erasure != Erasure.KEEP}
    if not timed:
        return
    assert record.event is not None, "the time of retention counts from an event"
    model = apps.get_model(record.model)
    model._default_manager.filter(**{record.event: 0})
    assert all(entry.retention not in {Retention.FOREVER, Retention.ACCOUNT} for entry in record.personal
               if entry.erasure != Erasure.KEEP)  # fmt: skip


@pytest.mark.parametrize("record", register().values(), ids=lambda record: record.model)
def test_every_entry_says_why_and_every_reason_to_withhold_is_of_a_personal_field(record: ModelRecord) -> None:
    assert all(str(entry.purpose) for entry in record.personal)
    assert set(record.withheld) <= {entry.name for entry in record.personal}


# They tell of who works here or speaks in public; downloads are shown by outlet, without the guest.
OF_NO_GUEST = {
    *("checkin.view_device", "events.view_eventstaff", "events.view_person", "portal.view_speakerpage"),
    *("publicity.view_download", "publicity.view_pressroompage", "registration.view_letterhead"),
}


@pytest.mark.django_db
def test_every_right_to_look_at_a_model_with_personal_data_calls_for_a_second_factor() -> None:
    holding = {record.model for record in register().values() if record.personal and record.model != "auth.user"}
    looking = Permission.objects.filter(codename__startswith="view_").select_related("content_type")
    rights = {
        f"{right.content_type.app_label}.{right.codename}"
        for right in looking
        if f"{right.content_type.app_label}.{right.content_type.model}" in holding
    }
    assert rights - set(settings.PLENARY_PERSONAL_DATA_PERMISSIONS) - OF_NO_GUEST == set()
