"""Performance bonds: any form but cash, enough, long enough, and given back once (IR 48)."""

from datetime import date
from decimal import Decimal

import pytest

from app.identity.roles import RoleMissing
from app.procurement import contracts


@pytest.fixture
def lodge(session, people, active):
    def act(**options):
        values = {
            "contract_id": active.id,
            "form": "guarantee",
            "amount": Decimal("28000.00"),
            "number": "BH-1",
            "issuer": "中国银行江城支行",
            "valid_until": date(2026, 12, 31),
            **options,
        }
        return contracts.lodge(session, values.pop("actor", people["signer"]), **values)

    return act


def test_a_guarantee_secures_the_contract(active, lodge):
    assert not contracts.secured(active)
    lodge()
    assert contracts.secured(active)


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"amount": Decimal("27999.99")}, contracts.PerformanceBondTooSmall),
        ({"valid_until": date(2026, 5, 7)}, contracts.PerformanceBondTooShort),
    ],
    ids=["too small", "too short"],
)
def test_what_does_not_secure_it_is_refused(lodge, options, refusal):
    with pytest.raises(refusal):
        lodge(**options)


def test_cash_is_no_form(lodge):
    with pytest.raises(ValueError, match="cash"):
        lodge(form="cash")


def test_it_goes_back_once(session, people, lodge):
    bond = lodge()
    contracts.give_back(session, people["officer"], bond_id=bond.id)
    assert bond.returned_on == date(2026, 4, 8)
    with pytest.raises(contracts.PerformanceBondReturned):
        contracts.give_back(session, people["officer"], bond_id=bond.id)


def test_the_supplier_does_not_give_it_back_to_itself(session, people, lodge):
    bond = lodge()
    with pytest.raises(RoleMissing):
        contracts.give_back(session, people["signer"], bond_id=bond.id)
