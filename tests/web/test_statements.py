"""How often a page asks the database: no page more often because there is more to show."""

import pytest
from sqlalchemy import select

from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation import documents
from app.foundation.actor import Actor
from app.identity.certificates import verification
from app.procurement import contracts
from app.procurement.projects import BudgetLine, Project, commitments
from app.web.visibility import document_cases
from tests.counting import counted
from tests.engine import toys
from tests.web import deals, work

MOST = 20
"""Statements that a page may need, however much it brings together."""
CASE_PARTS = ("", "?part=diagram", "?part=documents", "?part=history")
LISTS = {
    "/inbox": "buyer-handler",
    "/cases": "buyer-handler",
    "/contracts": "buyer-contract-officer",
    "/data/budget": "finance-officer",
    "/people": "administrator",
    "/portal": "buyer-handler",
    "/portal/results": "buyer-handler",
    "/portal/contracts": "buyer-handler",
    "/portal/breaches": "buyer-handler",
}


@pytest.fixture
def house(app, town):
    made = app.extensions["tenderway"]
    step = toys.START + toys.user("work", group="buyer-handler") + toys.END
    work.deploy(made, step + toys.flows("start", "work", "end"))
    return made


@pytest.fixture
def much(house, town, virtual_clock):
    """A performed contract whose case has an open task, and thirty papers under each of the case's keys."""
    contract_id = deals.performed(house, deals.concluded(house, town, virtual_clock), virtual_clock)
    with house.sessions() as session:
        number = contracts.get(session, contract_id).lot.project.number
    instance_id = work.start(house, key=number)[0]
    with house.sessions() as session:
        row = session.get(InstanceRow, instance_id)
        project = session.scalars(select(Project).where(Project.number == number)).one()
        kinds = ("bid", "contract", "award_letter", "evaluation_report", "bond_return_list", "something")
        for case in document_cases(row, project):
            for position in range(30):
                maker = Actor("someone", "Someone", town.agency)
                paper = {"name": f"{position}.pdf", "source": b"%PDF-1.7", "case": case}
                documents.add(session, maker, **paper, kind=kinds[position % len(kinds)])
        session.add_all(
            BudgetLine(
                organisation_id=town.buyer, year=2026, code=f"X{position}", name_zh="设备", category="A", amount=10_000, funds="fiscal",
            )
            for position in range(30)
        )  # fmt: skip
        task_id = session.scalars(select(OpenTaskRow.id).where(OpenTaskRow.instance_id == instance_id)).first()
        session.commit()
    return {"contract": f"/contracts/{contract_id}", "case": f"/cases/{instance_id}", "task": f"/tasks/{task_id}"}


def asked(house, client, address):
    """The statements of a page's second look."""
    assert client.get(address).status_code == 200
    with counted(house.database) as said:
        client.get(address)
    return said


@pytest.mark.parametrize("address", LISTS)
def test_a_list_needs_few_statements(house, sign_in, much, address):
    said = asked(house, sign_in(LISTS[address]), address)
    assert len(said) <= MOST, "\n\n".join(said)


@pytest.mark.parametrize(
    ("page", "login"),
    [
        ("task", "buyer-handler"),
        *((f"case{part}", login) for part in CASE_PARTS for login in ("buyer-handler", "agency-officer")),
        ("contract", "buyer-contract-officer"),
        ("contract", "supplier-bidder"),
    ],
)
def test_a_page_with_many_papers_needs_few_statements(house, sign_in, much, page, login):
    kind, _, part = page.partition("?")
    said = asked(house, sign_in(login), much[kind] + (f"?{part}" if part else ""))
    assert len(said) <= MOST, "\n\n".join(said)


def test_the_application_needs_as_many_statements_for_thirty_budget_lines_as_for_one(house, town):
    with house.sessions() as session:
        lines = [
            BudgetLine(organisation_id=town.buyer, year=2026, code=str(number), name_zh="设备", category="A", amount=1, funds="fiscal")
            for number in range(30)
        ]  # fmt: skip
        session.add_all(lines)
        session.flush()
        with counted(house.database) as said:
            bound = commitments(session, [line.id for line in lines])
    assert (len(said), set(bound.values())) == (2, {0})


def test_a_contracts_signatures_are_worked_out_once(house, town, virtual_clock, monkeypatch):
    contract_id = deals.concluded(house, town, virtual_clock)
    with house.sessions() as session:
        contract = contracts.get(session, contract_id)
        first = contracts.checks(session, contract)
        monkeypatch.setattr(verification, "_examine", lambda *_: pytest.fail("they were verified again"))
        assert first == contracts.checks(session, contract) != []


def test_a_remembered_signature_is_verified_again_once_a_certificate_has_ended(house, town, virtual_clock):
    contract_id = deals.concluded(house, town, virtual_clock)
    with house.sessions() as session:
        contract = contracts.get(session, contract_id)
        contracts.checks(session, contract)
        kept = list(verification._remembered.values())[-1]
    virtual_clock.turn(kept.until - virtual_clock.instant)
    with house.sessions() as session:
        contracts.checks(session, contracts.get(session, contract_id))
        assert list(verification._remembered.values())[-1].since == kept.until
