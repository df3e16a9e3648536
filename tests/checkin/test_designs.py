"""Badge designs: one for a category, previewed before it is saved, and nothing printed runs over whatever the names."""

import base64
from io import BytesIO

import numpy
import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image, ImageColor

from checkin.actions import remove_design, save_design, save_right
from checkin.badges import (
    Printer,
    badge_data,
    badges_pdf,
    portrait_frame,
    provisional_badge_pdf,
    provisional_data,
    typeset,
)
from checkin.designs import LINES, Line, Paper, Pictogram, Size, drawing, grid, zone_drawing
from checkin.models import BadgeDesign, Credential, DesignedCategory, Right
from checkin.previews import SAMPLES, preview
from plenary.core.actions import SYSTEM
from plenary.core.models import AccessLog
from registration.models import Registration
from tests.checkin.test_admin import staff
from tests.checkin.test_badges import LONG, words_of
from tests.factories.checkin import CheckpointFactory, badge_text, make_credential
from tests.factories.events import EventFactory
from tests.factories.registration import CategoryFactory

pytestmark = pytest.mark.django_db
ORGANISATION = "United Nations Educational, Scientific and Cultural Organization, Intergovernmental Commission " * 2


@pytest.fixture
def event():
    return EventFactory(slug="summit", name={"en": "International Forum on Water"})


@pytest.fixture
def category(event):
    return CategoryFactory(event=event, slug="expert")


@pytest.fixture
def designer(client, settings):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    rights = [f"checkin.{verb}_badgedesign" for verb in ("view", "add", "change", "delete")]
    client.force_login(staff(*rights))
    return client


def design_of(category, **facts):
    design = BadgeDesign(event=category.event, name="Cards", **facts)
    return save_design(design, categories=[category], by=SYSTEM)


def typed(event, **facts):
    lines = {f"line_{number}": "" for number in range(1, LINES + 1)}
    return {
        **{"event": event.pk, "name": "Cards", "size": "cr80", "paper": "a4", "band": "category"},
        **{"back_text_en": "", **lines, "line_1": "name", "line_2": "organisation"},
        **facts,
    }


def codes_in(pdf):
    """What a reader finds on each page of a document, at 200 dots an inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        pictures = [page.render(scale=200 / 72).to_pil().convert("L") for page in document]
    return [sorted(code.text for code in zxingcpp.read_barcodes(numpy.asarray(picture))) for picture in pictures]


@pytest.mark.parametrize(
    ("size", "paper", "expected"),
    [
        ("a6", "a4", (2, 2)),
        ("cr80", "a4", (2, 5)),
        ("4x3", "a4", (2, 3)),
        ("4x3", "letter", (2, 3)),
        ("fold", "a4", (2, 1)),
    ],
)
def test_as_many_badges_as_fit_lie_on_a_sheet(size, paper, expected):
    page = grid(size, paper)
    assert (page.columns, page.rows) == expected


def test_a_badge_larger_than_its_sheet_is_refused():
    assert grid(Size.FOLD, Paper.LETTER) is None


@pytest.mark.parametrize("pictogram", list(Pictogram))
def test_every_sign_is_drawn(pictogram, event, category):
    save_right(Right(event=event, name={"en": "Press"}, pictogram=pictogram), categories=[category], by=SYSTEM)
    assert "<path" in drawing(pictogram)


@pytest.mark.parametrize(("size", "photo"), [("a6", True), ("cr80", True), ("4x3", False), ("fold", False)])
@pytest.mark.slow
def test_every_size_carries_codes_that_can_be_read_and_whole_names_on_sheets_and_both_sides(
    event, category, size, photo
):
    people = [*((name, "", "WHO") for name in LONG), *SAMPLES[1:3]]
    credentials = [
        make_credential(
            event, category=category, name=name, latin_name=latin, organisation=organisation, nationality="VE"
        )
        for name, latin, organisation in people
    ]
    design_of(category, size=size, paper=Paper.A4, photo=photo, two_sided=True, back_text={"en": "Return to the desk."})
    pdf = badges_pdf(Credential.objects.for_badges().order_by("pk"))
    found = [code for page in codes_in(pdf) for code in page]
    assert sorted(found) == sorted(badge_text(credential) for credential in credentials)
    layer = words_of(pdf)
    assert "Wolfeschlegelsteinhausenbergerdorff" in layer.replace("\u200b", "")
    assert "王小明" in layer
    assert "Returntothedesk." in layer


def ink_outside(picture):
    """Dark dots in the margins where no size prints anything."""
    dots = numpy.asarray(Image.open(BytesIO(picture)).convert("L"))
    margin = int(dots.shape[1] * 0.018)
    top, bottom = int(dots.shape[0] * 0.06), int(dots.shape[0] * 0.8)
    return int((dots[top:bottom, :margin] < 128).sum() + (dots[top:bottom, -margin:] < 128).sum())


@pytest.mark.slow
@pytest.mark.parametrize("size", [Size.A6, Size.CR80, Size.INCHES])
def test_no_name_runs_over_the_edge_of_a_badge(event, category, size):
    design = BadgeDesign(event=event, size=size, lines=[*Line.values])
    guests = [
        make_credential(event, category=category, name=name, latin_name=name, organisation=ORGANISATION).registration
        for name in ("W" * 300, *LONG)
    ]
    for address in preview(design, guests, [category]):
        picture = base64.b64decode(address.partition(",")[2])
        assert ink_outside(picture) == 0


def test_a_category_has_one_design_and_choosing_it_elsewhere_takes_it_away(event, category):
    first = design_of(category)
    second = design_of(category, size=Size.CR80)
    assert list(DesignedCategory.objects.values_list("design", "category")) == [(second.pk, category.pk)]
    assert list(first.categories.all()) == []
    remove_design(second, by=SYSTEM)
    assert not DesignedCategory.objects.exists()


def test_the_lines_of_a_design_are_what_is_printed(event, category):
    credential = make_credential(
        event, category=category, name="Ana Lima", organisation="Lake Authority", nationality="KE"
    )
    design_of(category, lines=[Line.COUNTRY, Line.NAME])
    layer = words_of(badges_pdf(Credential.objects.for_badges()))
    assert "AnaLima" in layer
    assert layer.index("Kenya") < layer.index("AnaLima")
    assert "LakeAuthority" not in layer
    assert "LakeAuthority" not in words_of(provisional_badge_pdf(credential.registration))


def test_rights_are_signs_and_zones_are_named_only_for_those_who_have_them(event, category):
    other = CategoryFactory(event=event)
    press = save_right(Right(event=event, name={"en": "Press"}, pictogram="press"), categories=[category], by=SYSTEM)
    zone = CheckpointFactory(event=event, kind="zone", name={"en": "Green zone"}, rights=press.mask)
    zone.categories.set([])
    for one in (category, other):
        make_credential(event, category=one)
    save_design(BadgeDesign(event=event, name="All", zones=True), categories=[category, other], by=SYSTEM)
    [carries, lacks] = [
        badge_data(row, badge_text(row), BadgeDesign.objects.get(), Printer(event))
        for row in Credential.objects.for_badges().order_by("pk")
    ]
    assert [sign["name"] for sign in carries["signs"]] == ["Press"]
    assert carries["zones"]["text"] == "Green zone"
    assert (lacks["signs"], lacks["zones"]) == ([], None)


def test_a_zone_with_a_sign_is_drawn_in_place_of_its_name_and_told_from_a_right(designer, event, category):
    for name, pictogram in (("Green room", "lounge"), ("Tower", "")):
        zone = CheckpointFactory(event=event, kind="zone", name={"en": name}, pictogram=pictogram)
        zone.categories.set([category])
    other = CategoryFactory(event=event)
    for one in (category, other):
        make_credential(event, category=one)
    shown = BadgeDesign(event=event, zones=True, signs=False)
    [opens, shut] = [
        badge_data(row, badge_text(row), shown, Printer(event))
        for row in Credential.objects.for_badges().order_by("pk")
    ]
    assert [(sign["name"], sign["drawing"]) for sign in opens["signs"]] == [("Green room", zone_drawing("lounge"))]
    assert opens["zones"]["text"] == "Tower"
    assert (shut["signs"], shut["zones"]) == ([], None)
    assert zone_drawing("lounge") != drawing("lounge")
    page = designer.post(reverse("badge-designs:preview"), typed(event, zones="on")).content.decode()
    assert "Green room" in page
    assert "Green room" not in designer.post(reverse("badge-designs:preview"), typed(event)).content.decode()


def test_a_badge_issued_again_says_so(event, category):
    make_credential(event, category=category)
    assert "R2" not in words_of(badges_pdf(Credential.objects.for_badges()))
    Credential.objects.update(issue=2)
    assert "R2" in words_of(badges_pdf(Credential.objects.for_badges()))


def test_the_portrait_is_a_picture_on_the_badge_only_where_the_design_wants_it(event, category):
    page = provisional_data(make_credential(event, category=category).registration)
    plain, pictured = typeset([page], "png"), typeset([{**page, "photo": portrait_frame()}], "png")
    assert plain != pictured


def test_each_badge_of_a_document_carries_the_portrait_of_its_own_holder(event, category):
    page = provisional_data(make_credential(event, category=category).registration)
    colours = ["#ff0000", "#0000ff"]
    pages = [{**page, "photo": portrait_frame().replace("#999", colour)} for colour in colours]
    drawn = [numpy.asarray(Image.open(BytesIO(badge)).convert("RGB")).reshape(-1, 3) for badge in typeset(pages, "png")]
    seen = [[bool((dots == ImageColor.getrgb(colour)).all(axis=1).any()) for colour in colours] for dots in drawn]
    assert seen == [[True, False], [False, True]]


def test_a_design_is_made_in_the_admin(designer, event, category):
    answer = designer.post(
        reverse("badge-designs:add"), typed(event, categories=[category.pk], two_sided="on", emergency="112")
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    design = BadgeDesign.objects.get()
    assert (design.size, design.lines, design.emergency) == ("cr80", ["name", "organisation"], "112")
    assert list(design.categories.all()) == [category]
    assert "data-preview" in designer.get(reverse("badge-designs:edit", args=[design.pk])).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"line_1": "country"}, {"line_2": "name"}, {"size": "fold", "paper": "letter"}, {"accent": "red"}],
)
def test_a_design_that_could_not_be_printed_is_not_saved(designer, event, wrong):
    answer = designer.post(reverse("badge-designs:add"), typed(event, **wrong))
    assert answer.status_code == 200
    assert not BadgeDesign.objects.exists()


def test_the_preview_shows_the_worst_names_without_saving_and_the_look_is_logged(designer, event, category):
    guests = [make_credential(event, category=category, name=name).registration for name in (*LONG, "王小明", "Li")]
    Registration.objects.filter(pk=guests[0].pk).update(
        organisation="Ministry of Water and Environment", latin_name="Whose Name in Latin Letters Is the Longest"
    )
    answer = designer.post(
        reverse("badge-designs:preview"), typed(event), headers={"X-Requested-With": "XMLHttpRequest"}
    )
    assert answer.content.decode().count("data:image/png;base64,") == 4
    assert not BadgeDesign.objects.exists()
    looked = set(AccessLog.objects.values_list("subject_id", flat=True))
    assert looked == {str(guest.pk) for guest in guests[:4]}


def test_the_preview_says_what_each_sign_means_where_the_design_shows_signs(designer, event, category):
    save_right(Right(event=event, name={"en": "Press area"}, pictogram="press"), categories=[category], by=SYSTEM)
    save_right(Right(event=event, name={"en": "Unsigned right"}), categories=[category], by=SYSTEM)
    page = designer.post(reverse("badge-designs:preview"), typed(event, signs="on")).content.decode()
    drawn = base64.b64encode(drawing(Pictogram.PRESS).encode()).decode()
    assert f"data:image/svg+xml;base64,{drawn}" in page.replace("&#x2B;", "+").replace("&#43;", "+")
    assert "Press area" in page
    assert "Unsigned right" not in page
    assert "Press area" not in designer.post(reverse("badge-designs:preview"), typed(event)).content.decode()


def test_the_preview_of_an_event_without_guests_uses_made_up_names(designer, event):
    answer = designer.post(reverse("badge-designs:preview"), typed(event))
    assert answer.content.decode().count("data:image/png;base64,") == len(SAMPLES)


def test_the_preview_is_closed_to_others(client, event):
    client.force_login(staff("checkin.print_badge"))
    headers = {"X-Requested-With": "XMLHttpRequest"}
    assert client.post(reverse("badge-designs:preview"), typed(event), headers=headers).status_code == 403


def test_badges_are_sorted_as_the_desk_hands_them_out(event, category):
    for name, organisation in (
        ("Ana", "zebra trust"),
        ("Bea", "Alpha Fund"),
        ("Cid", "Zebra Trust"),
        ("Dan", "alpha fund"),
    ):
        make_credential(event, category=category, name=name, latin_name=name, organisation=organisation)
    assert piles() == {"name": ["Ana", "Bea", "Cid", "Dan"], "delegation": ["Bea", "Dan", "Ana", "Cid"]}


def piles():
    found = Credential.objects.for_badges()
    return {
        pile: [one.registration.name for one in found.in_order(found.piled(pile))] for pile in ("name", "delegation")
    }


def test_names_of_all_scripts_lie_in_one_order_accents_and_capitals_aside(event, category):
    for name, latin in (
        ("Zoë Adler", ""),
        ("王小明", "WANG Xiaoming"),
        ("Émile Zola", ""),
        ("de la Cruz", ""),
        ("Анна Лисина", "Anna Lisina"),
        ("علي", ""),
    ):
        make_credential(event, category=category, name=name, latin_name=latin, organisation="")
    expected = ["علي", "Анна Лисина", "de la Cruz", "Émile Zola", "王小明", "Zoë Adler"]
    assert piles() == {"name": expected, "delegation": expected}


def test_the_page_of_badges_passes_the_order_on_to_its_files(client, settings, event, category):
    settings.PLENARY_PERSONAL_DATA_PERMISSIONS = []
    client.force_login(staff("checkin.print_badge"))
    make_credential(event, category=category)
    page = client.get(reverse("badges:index"), {"order": "delegation"}).content.decode()
    address = reverse("badges:many", args=["summit", "expert", 1])
    assert f"{address}?order=delegation" in page
    assert client.get(f"{address}?order=delegation")["Content-Type"] == "application/pdf"
