"""Work that no diagram hands out reaches the inbox of who may do it, is counted there, and is nobody else's."""

import re
from datetime import timedelta

import pytest

from app.engine.records import Deployment, IncidentRow
from app.foundation import clock, proposals
from app.foundation.actor import Actor
from app.foundation.doubts import ClockDoubt
from app.foundation.text import Text
from app.foundation.workdays import ONE_DAY, local_day
from app.identity import accounts, roles
from app.identity.addresses import AddressChange
from app.procurement import contracts, suppliers
from app.procurement.bonds import ASKED, BankStatement, BondAccount, StatementEntry
from app.procurement.breaches import Breach
from app.procurement.contracts import Amendment, ContractState, PerformanceBond
from app.procurement.suppliers import RegistrationState
from app.workflow import matters
from tests.web import deals

SOMEBODY = Actor(id="somebody", name="Somebody")


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


def declared(session, town, contract):
    name = Text("New Supplier", "新供应商有限公司")
    suppliers.declare(
        session, SOMEBODY, uscc="91110000600037341L", name=name, legal_representative="李明", scale="small", conditions=range(1, 7)
    )  # fmt: skip


def returned(session, town, contract):
    suppliers.of_organisation(session, town.supplier).state = RegistrationState.RETURNED


def breach(state, **more):
    def make(session, town, contract):
        now = clock.now(session)
        told = {name: value(now) if callable(value) else value for name, value in more.items()}
        reported = {"reported_by": "x", "reported_by_name": "X", "reported_at": now, "finance_id": town.finance}
        session.add(
            Breach(
                number="B1", supplier_id=town.supplier, ground="collusion", facts="x", state=state, **reported, **told
            )
        )

    return make


def later(now):
    return local_day(now) + ONE_DAY


def nothing(session, town, contract):
    """The contract that is concluded asks for its bond."""


def paid(session, town, contract):
    contract.state, contract.completed_at = ContractState.COMPLETED, clock.now(session)
    lodged = {"lodged_by": "x", "lodged_at": clock.now(session), "valid_until": local_day(clock.now(session))}
    session.add(PerformanceBond(contract_id=contract.id, form="guarantee", amount=contract.performance_bond, number="L1", issuer="银行", **lodged))  # fmt: skip


def added(session, town, contract):
    proposed = {"proposed_by": "x", "proposed_by_name": "X", "proposed_at": clock.now(session)}
    session.add(Amendment(contract_id=contract.id, number=1, reasons="x", items=[], amount=1, **proposed))


def entered(session, town, contract):
    content = {"rows": [], "file": "", "unknown": []}
    subject = Text("Budget lines: 1 row", "预算项目：1行")
    made = proposals.draft(
        session, SOMEBODY, kind="budget", subject=subject, content=content, organisation_id=town.finance
    )
    proposals.hand_on(session, SOMEBODY, made.id)


def drawn(session, town, contract):
    now = clock.now(session)
    session.add(Deployment(hash="x", title_en="A new procedure", title_zh="新流程", state="proposed", saved_at=now, saved_by="x", saved_by_name="X", proposed_at=now, proposed_by="x", proposed_by_name="X"))  # fmt: skip


def moved(session, town, contract):
    person, now = accounts.by_login(session, "newcomer"), clock.now(session)
    session.add(AddressChange(account_id=person.id, email="new@example.org", asked_by="x", asked_at=now, due_at=now))


def doubled(session, town, contract):
    now = clock.now(session)
    session.add(BondAccount(organisation_id=town.agency, holder="x", account="12345", bank_name="x"))
    statement = BankStatement(digest="x", statement_id="S1", account="12345", imported_by="x", imported_at=now)
    session.add(statement)
    session.flush()
    said = {"position": "1", "bank_reference": "B1", "amount": 1, "currency": "CNY", "booked_at": now}
    session.add(StatementEntry(bank_statement_id=statement.id, account="12345", outcome=ASKED, **said))


def broken(session, town, contract):
    where = {"token_id": "t", "element_id": "work", "process_id": "toy"}
    said = {"kind": "operation", "message_en": "It failed", "message_zh": "失败"}
    session.add(IncidentRow(instance_id=None, opened_at=clock.now(session), **where, **said))


def apart(session, town, contract):
    session.add(ClockDoubt(clock="keeper", node="n", seconds=2, noticed_at=clock.now(session)))


MADE = {
    "registration.review": declared,
    "registration.declare": returned,
    "breach.notify": breach("reported"),
    "breach.reply": breach("notified", reply_until_on=later),
    "breach.hear": breach("notified", reply_until_on=later, replied_at=lambda now: now, wants_hearing=True),
    "breach.decide": breach("notified", reply_until_on=lambda now: local_day(now) - ONE_DAY),
    "breach.publish": breach("decided"),
    "bond.lodge": nothing,
    "bond.return": paid,
    "amendment.agree": added,
    "entry.confirm": entered,
    "deployment.decide": drawn,
    "address.confirm": moved,
    "statement.decide": doubled,
    "incident.resolve": broken,
    "clock.look": apart,
}
"""How there comes to be something of each kind."""
KINDS = {kind.id: kind for kind in matters.KINDS}


@pytest.fixture
def make(house, town, virtual_clock):
    """Makes something of a kind wait."""

    def act(kind):
        contract_id = deals.concluded(house, town, virtual_clock)
        with house.sessions() as session:
            contract = contracts.get(session, contract_id)
            if kind != "bond.lodge":
                contract.performance_bond = 0 if kind != "bond.return" else contract.performance_bond
            MADE[kind](session, town, contract)
            session.commit()

    return act


def waiting(house, login):
    """The kinds of what waits for somebody."""
    with house.sessions() as session:
        actor = deals.actor(session, login)
        found = matters.waiting(session, actor, clock.now(session))
        assert matters.count(session, actor, clock.now(session)) == len(found)
        return {matter.kind for matter in found}


def test_there_is_something_of_every_kind():
    assert MADE.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_work_outside_diagrams_waits_for_who_may_do_it_and_for_nobody_else(house, make, kind):
    make(kind)
    found = {role for role in roles.ROLES if kind in waiting(house, role)}
    assert found
    assert found <= set(KINDS[kind].roles)


@pytest.mark.parametrize("kind", KINDS)
def test_the_inbox_counts_it_and_leads_to_its_page(house, sign_in, make, kind):
    make(kind)
    login = next(role for role in KINDS[kind].roles if kind in waiting(house, role))
    client = sign_in(login)
    page = client.get("/inbox").text
    (address,) = re.findall(rf'data-open href="([^"]+)">{re.escape(KINDS[kind].name.en)}<', page.replace("&#39;", "'"))
    assert re.search(r'href="/inbox"[^>]*>[^<]*<span[^>]*>\s*1\b', page)
    assert client.get(address).status_code == 200
    assert KINDS[kind].name.en in client.get("/inbox?show=other").text.replace("&#39;", "'")


def test_who_entered_something_isnt_asked_to_confirm_it(house, town):
    with house.sessions() as session:
        own = deals.actor(session, "finance-officer")
        made = proposals.draft(
            session, own, kind="budget", subject=Text("x", "x"), content={"rows": []}, organisation_id=town.finance
        )
        proposals.hand_on(session, own, made.id)
        session.commit()
    assert waiting(house, "finance-officer") == set()


def test_where_nothing_waits_nothing_is_shown(house, town, sign_in):
    assert {role: waiting(house, role) for role in roles.ROLES} == {role: set() for role in roles.ROLES}
    assert "Outside the procedures" not in sign_in("registrar").get("/inbox").text


# -- performance bonds


@pytest.fixture
def contract_id(house, town, virtual_clock):
    return deals.concluded(house, town, virtual_clock)


def mails(house):
    from app.foundation.outbox import Outgoing

    with house.sessions() as session:
        return [row.content["subject"] for row in session.query(Outgoing) if row.key.startswith("bond-")]


def at(house, virtual_clock, contract_id, days):
    """The clock, so many days from the day the delivery is due; and what is due is sent, twice."""
    from app.workflow import reminding

    with house.sessions() as session:
        due = contracts.get(session, contract_id).delivery_due_on
        virtual_clock.turn_to(clock.now(session) + timedelta(days=(due - local_day(clock.now(session))).days + days))
    reminding.remind(house.sessions)
    reminding.remind(house.sessions)


def lodge(house, contract_id, until=400):
    with house.sessions() as session:
        contract = contracts.get(session, contract_id)
        contracts.lodge(session, deals.actor(session, "supplier-signer"), contract_id=contract_id, form="guarantee", amount=contract.performance_bond, number="L1", issuer="银行", valid_until=contract.delivery_due_on + timedelta(days=until))  # fmt: skip
        session.commit()


@pytest.mark.parametrize(("days", "count"), [(-8, 0), (-7, 1), (0, 1)])
def test_who_hasnt_lodged_its_bond_is_reminded_before_the_delivery_is_due(
    house, virtual_clock, contract_id, days, count
):
    at(house, virtual_clock, contract_id, days)
    assert len(mails(house)) == count


def test_a_bond_that_was_lodged_is_reminded_of_once_it_is_about_to_end(house, virtual_clock, contract_id):
    lodge(house, contract_id, until=10)
    at(house, virtual_clock, contract_id, -5)
    assert mails(house) == []
    at(house, virtual_clock, contract_id, -4)
    assert len(mails(house)) == 2


def test_the_buyer_is_reminded_to_return_the_bond_of_a_contract_that_is_paid(house, virtual_clock, contract_id):
    lodge(house, contract_id)
    with house.sessions() as session:
        contracts.get(session, contract_id).state = ContractState.COMPLETED
        session.commit()
    at(house, virtual_clock, contract_id, 1)
    assert len(mails(house)) == 1


def test_without_its_bond_the_contract_says_that_the_delivery_cant_be_reported(house, sign_in, contract_id):
    signer = sign_in("supplier-signer")
    assert "the delivery cannot be reported" in signer.get(f"/contracts/{contract_id}").text
    lodge(house, contract_id)
    assert "the delivery cannot be reported" not in signer.get(f"/contracts/{contract_id}").text


def test_a_bond_that_the_buyer_gave_back_early_isnt_asked_for_again(house, town, contract_id):
    lodge(house, contract_id)
    with house.sessions() as session:
        contract = contracts.get(session, contract_id)
        contracts.give_back(session, deals.actor(session, "buyer-contract-officer"), bond_id=contract.bonds[0].id)
        session.commit()
    assert "bond.lodge" not in waiting(house, "supplier-signer")
