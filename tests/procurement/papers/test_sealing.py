"""What is signed shows it: each signature has its face on the page, in the room its paper leaves, and stays valid."""

import io

import pypdfium2
import pytest
from pypdf import PdfReader

from app.identity.certificates import DemonstrationAuthority, verify_pdf
from app.procurement import papers
from tests.procurement.papers.samples import CONTENTS

SEALED = {
    "contract": ("supplier", "buyer"),
    "amendment": ("supplier", "buyer"),
    "agreement": ("buyer", "agency"),
    "acceptance_sheet": ("issuer", "supplier"),
}
"""The papers that two parties sign, and where each of them does."""


@pytest.fixture
def authority():
    return DemonstrationAuthority("a secret of this test")


def rectangles(pdf: bytes) -> list[tuple[float, ...]]:
    """The boxes of a file's signatures on their pages."""
    return [
        tuple(float(side) for side in each.get_object()["/Rect"])
        for page in PdfReader(io.BytesIO(pdf)).pages
        for each in page.get("/Annots", ())
        if each.get_object().get("/FT") == "/Sig"
    ]


@pytest.mark.parametrize("name", SEALED)
def test_both_parties_of_a_paper_seal_it_visibly(session, town, authority, name):
    signed = papers.draw(name, CONTENTS[name], "zh")
    for place in SEALED[name]:
        signed = authority.sign_pdf(
            session, signed, organisation_id=town.buyer_id, person="李明", reason="签署", place=place
        )
    first, second = rectangles(signed)
    assert all(right - left > 100 and top - bottom > 50 for left, bottom, right, top in (first, second))
    assert first[2] < second[0] or second[2] < first[0]
    assert [check.holds for check in verify_pdf(session, signed)] == [True, True]


def test_what_is_shown_names_the_organisation_the_person_and_the_time(session, town, authority):
    drawn = papers.draw("award_letter", CONTENTS["award_letter"], "zh")
    signed = authority.sign_pdf(session, drawn, organisation_id=town.agency_id, person="李明", reason="签发")
    (box,) = rectangles(signed)
    with pypdfium2.PdfDocument(signed) as document:
        document.init_forms()
        bitmap = document[len(document) - 1].render(scale=1, crop=_around(document, box))
        pixels = [
            bytes(bitmap.buffer)[at : at + 3] for at in range(0, bitmap.stride * bitmap.height, bitmap.n_channels)
        ]
    assert sum(blue < 120 and red > 150 for blue, _, red in pixels) > 200


def _around(document, box):
    """The margins to cut off so that a box is left of the last page, in points: left, bottom, right, top."""
    width, height = document[len(document) - 1].get_size()
    left, bottom, right, top = box
    return left, bottom, width - right, height - top
