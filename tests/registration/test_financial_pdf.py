"""Invoices, receipts and credit notes as they are printed: where things stand on a page that runs to the left or to the right."""

import json
from datetime import UTC, datetime

import pypdfium2
import pytest

from registration.financial_pdf import financial_pdf
from registration.models import FinancialDocument

MARGIN = 22 * 72 / 25.4  # points
Kind = FinancialDocument.Kind
LABEL = {"en": "Conference fee", "ar": "رسوم المؤتمر", "zh-hans": "会议注册费"}
EXTRA = {
    Kind.RECEIPT: {"method": "bank", "received_at": "2026-11-25T10:00:00+00:00", "outstanding": 0},
    Kind.CREDIT_NOTE: {"invoice": "FORUM-INV-2026-00011"},
}


def document(kind, language):
    sign = -1 if kind == Kind.CREDIT_NOTE else 1
    content = {
        "issuer": "Plenary Secretariat|12 Rue de la Paix|1202 Geneva",
        "to": {"name": {"ar": "أمينة عثمان"}.get(language, "王小明"), "tax_id": "DE123456789"},
        "guest": "Amina Osman",
        "code": "7KQ2M9",
        "reference": "RF18539007547034",
        "lines": [
            {"label": LABEL, "minor": sign * 1_234_500, "vat_rate": "20.00", "tax": sign * 205_750},
            {"label": LABEL, "minor": sign * 9_900, "vat_rate": None, "tax": None},
        ],
        "event": {"name": LABEL, "starts_on": "2027-03-14", "ends_on": "2027-03-18", "zone": "Asia/Shanghai"},
        **EXTRA.get(kind, {}),
    }
    return FinancialDocument(
        kind=kind,
        language=language,
        series="WATER-INV-2026",
        number=12,
        currency="EUR",
        total_minor=sign * 1_244_400,
        issued_at=datetime(2026, 11, 26, tzinfo=UTC),
        content=json.dumps(content),
    )


class Page:
    """The first page of a document, with the places of what is printed."""

    def __init__(self, pdf):
        self.pdf = pypdfium2.PdfDocument(pdf)
        self.width = self.pdf[0].get_width()
        self.text = self.pdf[0].get_textpage()

    def box(self, words):
        """Left and right edge of a word, in points: of several, readers of PDF change the order where lines run to the left."""
        found = self.text.search(words).get_next()
        assert found, f"{words} is not on the page"
        boxes = [self.text.get_charbox(found[0] + offset) for offset in range(found[1])]
        return min(box[0] for box in boxes), max(box[2] for box in boxes)


@pytest.mark.parametrize("language", ["ar", "zh-hans"])
@pytest.mark.parametrize("kind", list(Kind))
def test_each_part_stands_at_its_edge_of_the_page_and_sums_stand_under_one_another(kind, language):
    page = Page(financial_pdf(document(kind, language)))
    if language == "ar":
        assert page.box("Secretariat")[1] == pytest.approx(page.width - MARGIN, abs=3)
        assert page.box("WATER")[0] == pytest.approx(MARGIN, abs=3)
        assert page.box("5390")[0] > MARGIN + 60  # beside its name, not at the far edge
    else:
        assert page.box("Plenary")[0] == pytest.approx(MARGIN, abs=3)
        assert page.box("00012")[1] == pytest.approx(page.width - MARGIN, abs=3)
    ends = [page.box(amount)[1] for amount in ("12,345.00", "99.00", "12,444.00", "2,057.50")]
    assert max(ends) - min(ends) < 3


def test_below_nought_the_sign_stands_before_the_digits_in_arabic_too():
    page = Page(financial_pdf(document(Kind.CREDIT_NOTE, "ar")))
    text, at = page.text.get_text_range(), page.text.search("12,444.00").get_next()[0]
    signs = [page.text.get_charbox(place) for place in (at - 1, at + 9) if text[place] == "-"]
    assert all(box[2] <= page.text.get_charbox(at)[0] + 1 for box in signs)
    assert signs
