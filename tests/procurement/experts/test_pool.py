"""The pool: kept by the finance department, declared to by the experts themselves."""

from datetime import date

import pytest
from lots import KEEPER, as_actor, new_expert

from app.foundation import journal
from app.identity.organisations import SocialCreditCodeInvalid
from app.identity.roles import RoleMissing
from app.procurement import experts


@pytest.fixture
def expert(session):
    return new_expert(session, 1)


def test_a_person_enters_the_pool_once(session, expert):
    with pytest.raises(experts.ExpertKnown):
        experts.enter(
            session,
            KEEPER,
            account_id=expert.account_id,
            specialities=["law"],
            senior_since=date(2001, 1, 1),
        )


@pytest.mark.parametrize("specialities", [[], ["astrology"]])
def test_a_speciality_is_one_of_the_list(session, expert, specialities):
    with pytest.raises(experts.SpecialityUnknown):
        experts.change(
            session,
            KEEPER,
            expert_id=expert.id,
            specialities=specialities,
            senior_since=date(2001, 1, 1),
            region="CN-SC",
            phone="",
            state="active",
        )


def test_only_who_keeps_the_pool_changes_it(session, town, expert):
    with pytest.raises(experts.NotThePoolsKeeper):
        experts.record_conduct(session, town.officer, expert_id=expert.id, kind="late", reasons="迟到")


def test_an_expert_declares_ties_and_absences(session, expert):
    themselves = as_actor(session, expert)
    experts.declare_tie(session, themselves, expert_id=expert.id, kind="employee", organisation_name="某公司")
    experts.declare_absence(session, themselves, expert_id=expert.id, from_on=date(2026, 5, 1), to_on=date(2026, 5, 3))
    assert (len(expert.ties), len(expert.absences)) == (1, 1)


def test_an_expert_declares_nothing_for_another(session, expert):
    with pytest.raises(experts.NotThePoolsKeeper):
        experts.declare_absence(
            session,
            as_actor(session, new_expert(session, 2)),
            expert_id=expert.id,
            from_on=date(2026, 5, 1),
            to_on=date(2026, 5, 3),
        )


def test_without_the_role_nothing_is_declared(session, expert):
    from app.foundation.actor import Actor

    with pytest.raises(RoleMissing):
        experts.declare_absence(
            session,
            Actor(expert.account_id, "x"),
            expert_id=expert.id,
            from_on=date(2026, 5, 1),
            to_on=date(2026, 5, 3),
        )


def test_a_code_of_an_organisation_is_checked(session, expert):
    with pytest.raises(SocialCreditCodeInvalid):
        experts.declare_tie(
            session, KEEPER, expert_id=expert.id, kind="employee", organisation_name="某公司", uscc="123"
        )


def test_days_that_end_before_they_begin_are_refused(session, expert):
    with pytest.raises(experts.DaysTurned):
        experts.declare_absence(session, KEEPER, expert_id=expert.id, from_on=date(2026, 5, 3), to_on=date(2026, 5, 1))


def test_what_is_done_to_an_expert_is_journalled(session, expert):
    experts.record_conduct(session, KEEPER, expert_id=expert.id, kind="late", reasons="迟到")
    acts = [entry.act for entry in journal.of_case(session, f"expert:{expert.id}")]
    assert acts == ["experts.enter", "experts.record_conduct"]


def test_an_expert_s_data_are_for_the_pool_s_keeper_and_the_expert(session, town, expert):
    seers = [KEEPER, as_actor(session, expert)]
    others = [town.officer, town.handler, town.bidders[0]]
    assert [experts.expert_visible_to(actor, expert) for actor in (*seers, *others)] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(("name", "found"), [("专家1", 1), ("  专家1 ", 1), ("专家", 0), ("", 0)])
def test_experts_are_found_by_their_whole_name(session, expert, name, found):
    assert len(experts.named(session, [name])) == found
