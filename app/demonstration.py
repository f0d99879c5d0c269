"""A town to try things in: Jiangcheng's hospital and finance department, and the people who work there.

Only made where the settings ask for a demonstration; its people and their password stand on the sign-in page.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from app.bootstrap import House
from app.engine import definitions
from app.foundation import clock
from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.identity import accounts, grants, organisations
from app.procurement import projects

PASSWORD = "willow-bridge-lantern-27"  # noqa: S105 - published on the sign-in page
PEOPLE = (
    ("chen", "陈静 Chen Jing", "hospital", "buyer-handler"),
    ("zhou", "周敏 Zhou Min", "hospital", "buyer-reviewer"),
    ("liu", "刘洋 Liu Yang", "finance", "finance-officer"),
)
"""Sign-in name, name, organisation and role."""


def settle(house: House, processes: Path) -> None:
    """Make the town, once: organisations, people, a budget, and the first procedure deployed."""
    with house.sessions() as session:
        if accounts.count(session):
            return
        finance = organisations.register(
            session,
            SYSTEM,
            kind="finance",
            uscc="11510700MB0X10003N",
            name=Text("Jiangcheng Finance Bureau", "江城市财政局"),
            short_code="JC",
        )
        hospital = organisations.register(
            session,
            SYSTEM,
            kind="buyer",
            uscc="12510700450720100H",
            name=Text("Jiangcheng First People's Hospital", "江城市第一人民医院"),
            short_code="JC",
            supervisor_id=finance.id,
        )
        places = {"hospital": hospital.id, "finance": finance.id}
        for login, name, place, role in PEOPLE:
            account = accounts.create(session, SYSTEM, login=login, name=name, password=PASSWORD, demonstration=True)
            grants.grant(session, SYSTEM, account_id=account.id, role=role, organisation_id=places[place])
        year = clock.now(session).year
        session.add(
            projects.BudgetLine(
                organisation_id=hospital.id,
                year=year,
                code=f"{year}-0101",
                name_zh="医疗设备购置",
                name_en="Medical equipment",
                category="goods",
                amount=Decimal(2_460_000),
                funds="fiscal",
            )
        )
        diagram = processes / "project_application.bpmn"
        definitions.deploy(
            house.engine, session, SYSTEM, {diagram.name: diagram.read_bytes()}, "the demonstration's first procedure"
        )
        session.commit()
