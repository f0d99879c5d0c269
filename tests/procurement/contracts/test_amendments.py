"""Additions: the same items at the same prices, signed by both, in all at most a tenth of the contract (GPL 49)."""

from decimal import Decimal

import pytest

from app.foundation import documents
from app.identity import certificates
from app.identity.roles import RoleMissing
from app.procurement import contracts
from app.procurement.contracts import Addition


@pytest.fixture
def propose(session, people, active, authority):
    def act(quantity="0.2", *, position=1, **options):
        additions = [Addition(position, Decimal(quantity))]
        values = {"contract_id": active.id, "additions": additions, "reasons": "床位增加", **options}
        return contracts.propose(session, values.pop("actor", people["officer"]), signer=authority, **values)

    return act


@pytest.fixture
def agree(session, people, authority):
    def act(amendment):
        return contracts.agree(session, people["signer"], amendment_id=amendment.id, signer=authority)

    return act


def test_an_agreed_addition_raises_what_is_owed(active, propose, agree):
    agree(propose())
    assert active.total == Decimal("616000.00")
    assert active.lot.contracted == active.total


def test_it_does_not_bind_before_the_supplier_agreed(active, propose):
    propose()
    assert active.total == active.price


def test_both_have_signed_it(session, propose, agree):
    amendment = agree(propose())
    checks = certificates.verify_pdf(session, documents.read(session, amendment.document_zh_id))
    assert [check.organisation for check in checks] == ["江城市第一人民医院", "供应商0"]
    assert all(check.holds for check in checks)


def test_gpl_49_a_tenth_is_the_most_and_counts_together(propose, agree):
    agree(propose("0.15"))
    with pytest.raises(contracts.AdditionTooLarge) as refused:
        propose("0.0501")
    assert "14,000.00" in refused.value.sentence.en


@pytest.mark.parametrize(("quantity", "position"), [("0", 1), ("-1", 1), ("0.1", 9)], ids=["none", "less", "another"])
def test_only_more_of_the_same_is_an_addition(propose, quantity, position):
    with pytest.raises(contracts.AdditionInvalid):
        propose(quantity, position=position)


def test_one_proposal_at_a_time(propose):
    propose("0.1")
    with pytest.raises(contracts.AmendmentSettled):
        propose("0.1")


def test_a_declined_proposal_changes_nothing_and_makes_room(session, people, active, propose):
    amendment = propose()
    contracts.decline(session, people["signer"], amendment_id=amendment.id, reasons="产能不足")
    assert active.total == active.price
    propose()


def test_the_buyer_does_not_agree_for_the_supplier(session, people, propose, authority):
    amendment = propose()
    with pytest.raises(RoleMissing):
        contracts.agree(session, people["officer"], amendment_id=amendment.id, signer=authority)
