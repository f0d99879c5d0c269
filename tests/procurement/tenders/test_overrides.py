"""A finding that was misread is overridden by two persons, with reasons, for the words it was read from."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.foundation.actor import SYSTEM
from app.foundation.journal import JournalEntry
from app.foundation.proposals import SecondPersonNeeded
from app.foundation.text import Text
from app.identity.roles import RoleMissing
from app.procurement import tenders
from app.procurement.projects import ReasonsMissing
from app.procurement.tenders import NewRequirement
from app.procurement.tenders.checks import ERROR, OVERRIDDEN
from tests.procurement.publishing import CONTRACT, FACTORS, REQUIREMENTS, documents

ASKED_BY = ("officer", "Officer")


def commercial(text):
    return NewRequirement(1, "C9", "commercial", Text("x", text))


def scored(standard):
    return {"factors": [*FACTORS[:1], replace(FACTORS[1], standard=standard), FACTORS[2]]}


MISREAD = {
    "a wording": {"requirements": [*REQUIREMENTS, commercial("提供终身质量保证金制度说明")]},
    "no acceptance": {"contract_terms": "本合同为固定总价合同，按约定支付，任何一方违约的承担违约责任。"},
    "a star": {"requirements": [*REQUIREMENTS, commercial("★显示器支架")]},
    "a contradiction": {"requirements": [*REQUIREMENTS, commercial("投标有效期60天")]},
    "a measure": scored("T2全部具备"),
    "a step": scored("T2满足的得50分，不满足的得0分"),
    "a range": scored("T1每满足得40分"),
    "a qualification": scored("Q1具备的得40分，不具备的得0分"),
    "samples": {"requirements": [*REQUIREMENTS, commercial("投标时提供样品")]},
}
"""Documents with a finding that rests on a reading of words."""

EXACT = {
    "no deadline for the bids": {"bid_deadline_at": datetime(2026, 3, 20, 1, tzinfo=UTC)},
    "a bond above the ceiling": {"bond_percent": Decimal(3)},
    "a performance bond above the ceiling": {"performance_bond_percent": Decimal(11), "contract_terms": CONTRACT.replace("5%", "11%")},
    "a payment later than the law allows": {"payment_days": 40, "contract_terms": CONTRACT.replace("30日", "40日")},
    "an even committee": {"committee_size": 4},
    "no deduction for small enterprises": {"sme_deduction_percent": None},
    "no validity": {"validity_days": 0},
    "no contract": {"contract_terms": "略"},
    "no technical requirements": {"requirements": [REQUIREMENTS[0]], **scored("满足的得40分，不满足的得0分")},
    "weights": {"factors": [FACTORS[0], FACTORS[1]]},
    "price twice": {"factors": [FACTORS[0], replace(FACTORS[0], code="F9", points=Decimal(60))]},
    "a requirement that there is not": {
        "factors": [FACTORS[0], replace(FACTORS[1], requirement_codes=["T9"]), FACTORS[2]]
    },
    "no standard": scored(""),
}  # fmt: skip
"""Documents with a finding that was worked out from what was entered."""


def blocking(session, tender):
    return [each for each in tenders.preview(session, tender.project_id) if each.severity == ERROR]


@pytest.fixture
def override(session, town):
    """The buyer's reviewer overrides everything of a tender that may have been misread."""

    def act(tender, reasons="检查误读了条款", actor=None, asked_by=ASKED_BY):
        for reading in tenders.readings(tender, tenders.preview(session, tender.project_id)).values():
            who = actor or town.reviewer
            tenders.override(session, who, tender=tender, reading=reading, reasons=reasons, asked_by=asked_by)

    return act


@pytest.fixture
def misread(draft):
    return draft(**MISREAD["a wording"])


@pytest.mark.parametrize("kind", MISREAD)
def test_what_was_read_from_words_can_be_overridden_and_blocks_no_more(session, town, draft, override, kind):
    tender = draft(**MISREAD[kind])
    assert blocking(session, tender)
    override(tender)
    tenders.check(session, SYSTEM, project_id=tender.project_id)
    confirmed = tenders.confirm_documents(session, town.handler, project_id=tender.project_id, decision="confirm")
    assert confirmed.state == tenders.TenderState.CONFIRMED


@pytest.mark.parametrize("kind", EXACT)
def test_what_was_worked_out_from_figures_cannot_be_overridden(session, draft, override, kind):
    tender = draft(**EXACT[kind])
    found = [each for each in blocking(session, tender) if not each.may_be_overridden]
    assert found
    override(tender)
    assert set(found) <= set(blocking(session, tender))


def test_o87_25_a_finding_without_words_is_refused_even_if_asked(session, town, draft):
    tender = draft(**EXACT["an even committee"])
    reading = tenders.Reading(blocking(session, tender)[0], [])
    with pytest.raises(tenders.NotOverridable):
        tenders.override(session, town.reviewer, tender=tender, reading=reading, reasons="x", asked_by=ASKED_BY)


def test_what_was_overridden_is_still_shown_with_its_reasons(session, misread, override):
    override(misread)
    found = [each for each in tenders.preview(session, misread.project_id) if each.severity == OVERRIDDEN]
    assert [each.override.reasons for each in found] == ["检查误读了条款"]
    assert [row.severity for row in tenders.check(session, SYSTEM, project_id=misread.project_id)].count(
        OVERRIDDEN
    ) == 1


def test_other_words_at_the_same_place_are_found_again(session, draft, misread, override):
    override(misread)
    changed = draft(requirements=[*REQUIREMENTS, commercial("提供终身质量保证金制度说明及凭证")])
    assert [each.place for each in blocking(session, changed)] == ["1/requirements/C9"]


def test_the_same_words_again_stay_overridden(session, draft, misread, override):
    override(misread)
    draft(bond_percent=Decimal(1), **MISREAD["a wording"])
    assert blocking(session, misread) == []


def test_words_that_a_finding_was_read_beside_bring_it_back_when_they_change(session, draft, override):
    tender = draft(**MISREAD["samples"])
    override(tender)
    assert blocking(session, tender) == []
    draft(**MISREAD["samples"], **scored("T2满足的得40分，不满足要求的得0分"))
    assert [each.rule for each in blocking(session, tender)] == ["O87-22"]


@pytest.mark.parametrize("who", ["officer", "handler", "host", "finance"])
def test_only_the_buyers_reviewer_decides(town, misread, override, who):
    with pytest.raises(RoleMissing):
        override(misread, actor=getattr(town, who))


def test_who_asked_does_not_decide(town, misread, override):
    with pytest.raises(SecondPersonNeeded):
        override(misread, asked_by=(town.reviewer.id, town.reviewer.name))


def test_it_needs_reasons(misread, override):
    with pytest.raises(ReasonsMissing):
        override(misread, reasons=" ")


def test_it_is_overridden_once(session, town, misread, override):
    [reading] = tenders.readings(misread, tenders.preview(session, misread.project_id)).values()
    override(misread)
    with pytest.raises(tenders.AlreadyOverridden):
        tenders.override(session, town.reviewer, tender=misread, reading=reading, reasons="x", asked_by=ASKED_BY)


def test_the_journal_says_what_why_and_at_whose_request_and_binds_the_record(session, town, misread, override):
    override(misread)
    session.commit()
    [entry] = session.scalars(select(JournalEntry).where(JournalEntry.act == "tenders.override"))
    assert entry.actor_id == town.reviewer.id
    assert entry.facts["reasons"] == "检查误读了条款"
    assert entry.facts["asked_by"] == "officer"
    assert "finding_override" in (entry.records or "")


def test_a_change_that_is_misread_is_overridden_before_it_is_published(session, town, publish, keeper):
    tender, wanted = publish(), documents(**MISREAD["a wording"])
    given = {"tender_id": tender.id, **wanted}
    with pytest.raises(tenders.FindingsOpen):
        tenders.change(session, town.officer, reasons="补充", keeper=keeper, **given)
    [reading] = tenders.preview_change(session, town.officer, **given).readings.values()
    tenders.override(session, town.reviewer, tender=tender, reading=reading, reasons="误读", asked_by=ASKED_BY)
    assert tenders.change(session, town.officer, reasons="补充", keeper=keeper, **given).version == 2
