"""Work for the people of the town: toy procedures with a form that has every kind of field, started and waiting."""

from __future__ import annotations

import json
import re

from app.engine import definitions, instances
from app.engine.acts import Registry
from app.engine.records import OpenTaskRow
from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.procurement.projects import BudgetLine, Project
from app.workflow.acts import ACTS
from tests.engine import toys


def t(words):
    return {"en": words, "zh": f"{words}（中文）"}


def option(value):
    return {"value": value, "label": t(value.capitalize())}


FIELDS = [
    {"name": "title", "widget": "text", "hint": t("As it will stand in the notice")},
    {"name": "need", "widget": "textarea"},
    {"name": "budget", "widget": "money"},
    {"name": "quantity", "widget": "number"},
    {"name": "due_on", "widget": "date"},
    {"name": "opens_at", "widget": "datetime"},
    {"name": "method", "widget": "select", "options": [option("open"), option("invited")]},
    {"name": "decision", "widget": "radio", "options": [option("approve"), option("return")]},
    {"name": "reasons", "widget": "textarea", "rule": {"field": "decision", "equals": "return"}},
    {"name": "agreed", "widget": "checkbox"},
    {"name": "powers", "widget": "checkboxes", "options": [option("draft"), option("sign")]},
    {"name": "letter", "widget": "file"},
    {"name": "attachments", "widget": "files"},
    {
        "name": "items",
        "widget": "table",
        "rows": "free",
        "sums": [{"of": "price"}, {"of": "price", "by": "item"}],
        "columns": [
            {"name": "item", "widget": "text", "label": t("Item")},
            {"name": "price", "widget": "money", "label": t("Price")},
        ],
    },
    {
        "name": "scores",
        "widget": "table",
        "rows": "fixed",
        "matrix": {
            "columns_by": "bid_id",
            "columns_head": "supplier",
            "rows_by": "factor_id",
            "rows_head": "factor",
            "rows_most": "most",
            "evidence": "evidence",
        },
        "columns": [
            {"name": "bid_id", "widget": "hidden"},
            {"name": "factor_id", "widget": "hidden"},
            {"name": "supplier", "widget": "text", "readonly": True, "label": t("Supplier")},
            {"name": "factor", "widget": "text", "readonly": True, "label": t("Factor")},
            {"name": "response", "widget": "text", "readonly": True, "label": t("The bid says")},
            {"name": "most", "widget": "number", "readonly": True, "label": t("Most")},
            {"name": "evidence", "widget": "text", "readonly": True, "label": t("Evidence")},
            {"name": "points", "widget": "number", "options_by": "factor_id", "label": t("Points")},
        ],
    },
    {"widget": "heading", "label": t("A heading")},
    {"widget": "note", "label": t("A note")},
]
TEXT, NUMBER = {"type": "string"}, {"type": "number", "minimum": 0}
ROW = {"bid_id": TEXT, "factor_id": TEXT, "supplier": TEXT, "factor": TEXT, "response": TEXT, "points": NUMBER}
ROW |= {"most": NUMBER, "evidence": {"type": "array", "items": TEXT}}
SCHEMA = {
    "type": "object",
    "required": ["title", "decision"],
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "need": TEXT,
        "budget": {"type": "number", "minimum": 0, "multipleOf": 0.01},
        "quantity": {"type": "integer"},
        "due_on": {"type": "string", "format": "date"},
        "opens_at": {"type": "string", "format": "date-time"},
        "method": {"type": "string", "enum": ["open", "invited"]},
        "decision": {"type": "string", "enum": ["approve", "return"]},
        "reasons": {"type": "string", "minLength": 1},
        "agreed": {"type": "boolean"},
        "powers": {"type": "array", "items": TEXT},
        "letter": TEXT,
        "attachments": {"type": "array", "items": TEXT},
        "items": {
            "type": "array",
            "items": {"type": "object", "required": ["item", "price"], "properties": {"item": TEXT, "price": NUMBER}},
        },
        "scores": {"type": "array", "items": {"type": "object", "required": ["points"], "properties": ROW}},
    },
    "if": {"properties": {"decision": {"const": "return"}}, "required": ["decision"]},
    "then": {"required": ["reasons"]},
}
UI = {
    "title": t("Everything"),
    "submit": t("Send everything"),
    "fields": [
        {"label": t(field["name"].replace("_", " ").capitalize()), **field} if "name" in field else field
        for field in FIELDS
    ],
}
SCORES = [
    {"bid_id": bid, "factor_id": factor, "supplier": f"Supplier {bid}", "factor": f"Factor {factor}", "response": "so"}
    for bid in ("b1", "b2")
    for factor in ("f1", "f2")
]
FORM = {"work.schema.json": json.dumps(SCHEMA).encode(), "work.ui.json": json.dumps(UI).encode()}
GOOD = {"title": "彩超", "decision": "approve"}


def declare(house, **parts):
    """Let the house take in or prepare the form that has everything (``take``, ``prepare``), beside its own forms."""
    parts = {"prepare": house.engine.acts.prepare_of("work"), **parts}
    house.engine.acts = Registry(ACTS)
    if parts["prepare"]:
        house.engine.acts.prepares("work")(parts["prepare"])
    if "take" in parts:
        house.engine.acts.act("work", name=Text("Work", "办理"), form="work")(parts["take"])


def deploy(house, body, process_id="toy", files=None):
    """Deploy one toy process; its tasks are for handlers where it doesn't say for whom."""
    diagram = toys.diagram(body.replace('candidateGroups="clerk"', 'candidateGroups="buyer-handler"'), process_id)
    with house.sessions() as session:
        definitions.deploy(house.engine, session, SYSTEM, {f"{process_id}.bpmn": diagram, **(files or {})}, "for tests")
        session.commit()


def two_steps(first="buyer-handler", second="buyer-reviewer", *, duty=None):
    """A task with the form that has everything, and another person's task after it."""
    law = '<zeebe:taskSchedule dueDate="2026-03-04T17:00:00+08:00" />'
    one = toys.user("work", group=first, form="work", extra=law).replace(
        "</zeebe:properties>",
        '<zeebe:property name="law" value="GPL 35" /><zeebe:property name="stage" value="planning" /></zeebe:properties>',
    )
    other = toys.user("check", group=second, duty=duty).replace(
        "</zeebe:properties>", '<zeebe:property name="stage" value="approval" /></zeebe:properties>'
    )
    return toys.START + one + other + toys.END + toys.flows("start", "work", "check", "end")


def start(house, process_id="toy", key=None, **variables):
    """Start a process; gives the ids of the instance and of its tasks."""
    with house.sessions() as session:
        row = instances.start(house.engine, session, SYSTEM, process_id, variables, key)
        session.commit()
        tasks = session.query(OpenTaskRow).filter_by(instance_id=row.id).order_by(OpenTaskRow.id).all()
        return row.id, [task.id for task in tasks]


def project(house, town, number="JC-2026-0001", title="Road lamps"):
    """A project of the town's hospital with the finance bureau as its supervisor; gives its id."""
    with house.sessions() as session:
        line = BudgetLine(
            organisation_id=town.buyer,
            year=2026,
            code="1",
            name_zh="预算",
            category="goods",
            amount=10**6,
            funds="fiscal",
        )
        session.add(line)
        session.flush()
        made = Project(
            number=number, buyer_id=town.buyer, finance_id=town.finance, agency_id=town.agency, budget_line_id=line.id,
            title_zh="路灯", title_en=title, object="goods", funds="fiscal", need="dark", estimate=10**6,
            applicant_id="x", applied_at=house.engine.clock.instant,
        )  # fmt: skip
        session.add(made)
        session.commit()
        return made.id


def hidden(page, name):
    """The value of a hidden field of a page."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.text).group(1)


def fields(page):
    """The hidden fields of a task's form, those that tell its fixed rows apart too."""
    rows = dict(re.findall(r'<input type="hidden" name="(\w+-\d+-\w+)" value="([^"]*)">', page.text))
    return rows | {name: hidden(page, name) for name in ("csrf_token", "_version", "_seen", "_key")}


def send(client, task_id, page=None, **values):
    """Fill in a task's form as a browser does and send it."""
    page = page or client.get(f"/tasks/{task_id}")
    return client.post(f"/tasks/{task_id}", data=fields(page) | values, content_type="multipart/form-data")
