"""Findings that were misread: the agency asks beside the finding, the buyer's reviewer decides, everyone concerned sees it."""

import re

import pytest

from app.foundation import clock, workdays
from app.identity import organisations
from app.procurement import tenders
from app.web.tasks import entries
from app.workflow.documents_form import documents_as_values
from app.workflow.feeding import overrides
from tests.procurement import publishing
from tests.web import tendering

WORDS = "提供终身质量保证金制度说明"
WHY = "条款仅要求说明制度，不收取保证金"


def requirements():
    return [*publishing.REQUIREMENTS, tenders.NewRequirement(1, "C9", "commercial", publishing.Text("x", WORDS))]


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def draft(house, town):
    """The id of a tender in preparation, with a finding that was misread."""
    with house.sessions() as session:
        workdays.seed(session)
        organisations.get(session, town.buyer).supervisor_id = town.finance
        people = tendering._people(session, town)
        line = publishing.budget(session, people)
        project = publishing.file(session, people, publishing.apply(session, people, line))
        publishing.entrust(session, people, publishing.plan_tender(session, people, project))
        tender = publishing.draft(session, people, project, requirements=requirements())
        session.commit()
        return tender.id


@pytest.fixture
def officer(draft, sign_in):
    return sign_in("agency-officer")


@pytest.fixture
def reviewer(draft, sign_in):
    return sign_in("buyer-reviewer")


def way(client, draft):
    """Where the page of a tender leads to for the override of its finding."""
    return re.search(rf'href="(/tenders/{draft}/findings/\w+)"', client.get(f"/tenders/{draft}").text)[1]


def asked(client, draft, why=WHY):
    """Ask beside the finding; the answer."""
    address = way(client, draft)
    return client.submit(address, **{f"why-{address.rsplit('/', 1)[1]}": why})


def decided(client, address, decision="confirm"):
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).text)[1]
    return client.submit(address, decision=decision, seen=seen, reasons="不属于误读")


def blocking(house, draft):
    with house.sessions() as session:
        return overrides.readings(session, tenders.get(session, draft))


def test_who_prepares_the_documents_asks_beside_the_finding_and_says_why(officer, draft):
    answer = asked(officer, draft)
    assert answer.status_code == 303
    assert WHY in officer.get(answer.location).text


def test_without_a_reason_nothing_is_asked_and_the_page_says_so_beside_the_field(officer, draft):
    answer = asked(officer, draft, why=" ")
    assert answer.status_code == 422
    assert re.search(r'id="f-why-\w+-error"', answer.text)


def test_the_buyers_reviewer_finds_it_in_the_inbox_and_decides_with_the_reasons_and_words_in_sight(
    house, officer, reviewer, draft
):
    address = asked(officer, draft).location
    assert f'href="{address}"' in reviewer.get("/inbox").text
    page = reviewer.get(address).text
    assert WHY in page
    assert WORDS in page
    decided(reviewer, address)
    assert blocking(house, draft) == {}


def test_what_the_reviewer_returns_still_blocks(house, officer, reviewer, draft):
    decided(reviewer, asked(officer, draft).location, "reject")
    assert len(blocking(house, draft)) == 1


def test_a_finding_is_asked_for_once(officer, draft):
    first = asked(officer, draft).location
    page = officer.get(f"/tenders/{draft}").text
    assert f'href="{first}"' in page
    assert "/findings/" not in page


@pytest.mark.parametrize("login", ["buyer-reviewer", "buyer-handler", "auditor"])
def test_only_who_prepares_the_documents_is_offered_the_way(sign_in, draft, login):
    assert "/findings/" not in sign_in(login).get(f"/tenders/{draft}").text


@pytest.mark.parametrize("login", ["auditor", "buyer-handler", "agency-officer"])
def test_what_was_overridden_is_disclosed_with_reasons_and_names(officer, reviewer, sign_in, draft, login):
    decided(reviewer, asked(officer, draft).location)
    page = sign_in(login).get(f"/tenders/{draft}").text
    assert "Findings that were overridden" in page
    assert WHY in page


def test_an_auditor_reads_the_request(officer, sign_in, draft):
    assert WHY in sign_in("auditor").get(asked(officer, draft).location).text


def test_a_finding_that_is_gone_is_said_to_be(officer, draft):
    assert officer.get(f"/tenders/{draft}/findings/{'0' * 64}").status_code == 409


# -- corrections


@pytest.fixture
def correction(house, town, virtual_clock, sign_in):
    """The address of a published tender's correction, and its form filled in with what is misread."""
    world = tendering.published(house, town, virtual_clock)
    with house.sessions() as session:
        values = documents_as_values(tenders.get(session, world.tender_id))
    values["requirements"].append(
        {"lot": 1, "id": "C9", "kind": "commercial", "starred": False, "text_zh": WORDS, "text_en": "x", "evidence": ""}
    )
    texts = entries.in_texts(house.engine.forms.get("prepare_documents"), values, clock.PLACE)
    return f"/tenders/{world.tender_id}/change", {**entries.kept(texts), "reasons": "补充说明"}


def asked_of(client, correction):
    """Publish in vain, then ask beside the finding; the answer."""
    address, given = correction
    page = client.submit(address, **given)
    assert page.status_code == 422
    mark = re.search(r'name="_override" value="(\w+)"', page.text)[1]
    return client.submit(address, **given, _override=mark, **{f"why-{mark}": WHY})


def test_a_correction_that_is_refused_shows_what_was_found(sign_in, correction):
    address, given = correction
    page = sign_in("agency-officer").submit(address, **given)
    assert "A deposit without a basis in law." in page.text


def test_a_misread_correction_is_kept_and_published_once_the_override_is_decided(sign_in, correction):
    officer = sign_in("agency-officer")
    asked_at = asked_of(officer, correction).location
    decided(sign_in("buyer-reviewer"), asked_at)
    again = re.search(r'href="([^"]+/change\?entry=\w+)"', officer.get(asked_at).text)[1]
    page = officer.get(again).text
    assert WORDS in page
    assert "补充说明" in page
    assert officer.submit(correction[0], **correction[1]).status_code == 303


def test_what_somebody_entered_is_kept_for_nobody_else(house, sign_in, correction):
    asked_at = asked_of(sign_in("agency-officer"), correction).location
    with house.sessions() as session:
        other = tendering.actor(session, "buyer-reviewer")
        tender_id, proposal_id = correction[0].split("/")[2], asked_at.rsplit("/", 1)[1]
        assert overrides.entered(session, other, tender_id, proposal_id) == {}
