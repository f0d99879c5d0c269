"""The centralised catalogue and the central procurement bodies by sheet or by hand."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.columns import Column
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement.rules import catalogues
from app.procurement.rules.catalogues import NewBody, NewItem
from app.workflow.feeding import parties
from app.workflow.feeding.tables import Known, Scope, Table, Values

_PLACE = (
    Column(
        "jurisdiction",
        Text("Region", "适用地区"),
        longest=20,
        hint=Text("CN for the central budget, CN-SC for a province", "中央预算填写CN，省级填写CN-SC等"),
    ),
    Column(
        "level",
        Text("Budget level", "预算级次"),
        "choice",
        required=False,
        choices=organisations.LEVELS,
        hint=Text("Leave it empty for every level of the region", "适用于本地区各级预算的不填"),
    ),
)
_TIME = (
    Column("valid_from", Text("In force from", "施行日期"), "day"),
    Column("valid_to", Text("In force until", "失效日期"), "day", required=False),
    Column("source", Text("Document", "依据文件"), hint=Text("Its title or number", "文件名称或者文号")),
)


def _item(values: Values) -> NewItem | None:
    if any(column.name not in values for column in CATALOGUE.columns):
        return None
    return NewItem(**{**values, "code": values["code"].upper()})


def _find_item(session: Session, _scope: Scope, values: Values) -> Known | None:
    new = _item(values)
    found = None if new is None else catalogues.find_item(session, new)
    if found is None:
        return None
    return Known(found, {name: getattr(found, name) for name in catalogues.ITEM_CHANGEABLE})


def _check_item(session: Session, _scope: Scope, values: Values, _known: Known | None) -> Iterator[tuple[str, Text]]:
    new = _item(values)
    for problem in [] if new is None else catalogues.item_problems(session, new):
        yield problem.field or "code", problem.sentence


def _enter_item(session: Session, actor: Actor, _scope: Scope, values: Values, _known: Known | None) -> object:
    new = _item(values)
    assert new is not None, "the preview read every cell"
    return catalogues.enter_item(session, actor, new)


def _item_examples(session: Session, _scope: Scope) -> list[tuple[str, ...]]:
    """One item for each who buys, as a province's catalogue lists them."""
    begins = f"{local_day(clock.now(session)).year}-01-01"
    by = catalogues.CARRIED_OUT_BY
    place, time = ("CN-SC", ""), (begins, "", "（填写文号）")
    return [
        ("A02010100", "计算机", "Computers", by["body"].zh, "", *place, *time),
        ("A02320000", "医疗设备", "Medical equipment", by["department"].zh, "1000000", *place, *time),
    ]


CATALOGUE = Table(
    id="catalogue",
    name=Text("Centralised catalogue", "集中采购目录"),
    lead=Text(
        "What is bought centrally in your region and at which budget level, by the codes of the national classification of "
        "procurement items. The plan proposes its answer from these rows. A row counts from the day after it was confirmed "
        "at the earliest.",
        "本地区各级次的集中采购目录，按财政部发布的品目分类目录编码录入，编制采购计划时据以建议。经复核后最早自次日起适用。",
    ),
    role="administrator",
    columns=(
        Column(
            "code",
            Text("Catalogue code", "品目编码"),
            longest=12,
            hint=Text("A row is for all codes below it, too", "包括其下级品目，例如A02010100"),
        ),
        Column("name_zh", Text("Chinese name", "中文名称"), longest=300),
        Column("name_en", Text("English name", "英文名称"), required=False, longest=300),
        Column("carried_out_by", Text("Bought by", "组织形式"), "choice", choices=catalogues.CARRIED_OUT_BY),
        Column("from_amount", Text("From (yuan)", "起点金额（元）"), "amount", required=False, longest=24),
        *_PLACE,
        *_TIME,
    ),
    key=("code", "jurisdiction", "level", "valid_from"),
    find=_find_item,
    check=_check_item,
    enter=_enter_item,
    examples=_item_examples,
    identify=lambda _session, _scope, values: (
        values["code"].upper(), values["jurisdiction"], values["level"], values["valid_from"]
    ),
)  # fmt: skip
"""What administrators enter of the catalogues."""


def _body(session: Session, values: Values) -> NewBody | None:
    agency = parties.named(session, values["agency"], "agency")
    if agency is None or any(column.name not in values for column in CENTRAL_BODIES.columns):
        return None
    return NewBody(organisation_id=agency.id, **{name: value for name, value in values.items() if name != "agency"})


def _find_body(session: Session, _scope: Scope, values: Values) -> Known | None:
    new = _body(session, values)
    found = None if new is None else catalogues.find_body(session, new)
    if found is None:
        return None
    return Known(found, {name: getattr(found, name) for name in catalogues.BODY_CHANGEABLE})


def _check_body(session: Session, _scope: Scope, values: Values, _known: Known | None) -> Iterator[tuple[str, Text]]:
    if parties.named(session, values["agency"], "agency") is None:
        why = Text("No agency has this code or name. Enter it first.", "没有该采购代理机构，须先行登记。")
        yield "agency", why
    new = _body(session, values)
    for problem in [] if new is None else catalogues.body_problems(session, new):
        yield problem.field or "agency", problem.sentence


def _enter_body(session: Session, actor: Actor, _scope: Scope, values: Values, _known: Known | None) -> object:
    new = _body(session, values)
    assert new is not None, "the preview found the agency"
    return catalogues.enter_body(session, actor, new)


def _body_examples(session: Session, _scope: Scope) -> list[tuple[str, ...]]:
    begins = f"{local_day(clock.now(session)).year}-01-01"
    return [("四川省政府采购中心", "CN-SC", organisations.LEVELS["province"].zh, begins, "", "（填写文号）")]


def _identify_body(session: Session, _scope: Scope, values: Values) -> tuple[object, ...] | None:
    agency = parties.named(session, values["agency"], "agency")
    return None if agency is None else (agency.id, values["jurisdiction"], values["level"], values["valid_from"])


CENTRAL_BODIES = Table(
    id="central_bodies",
    name=Text("Central procurement bodies", "集中采购机构"),
    lead=Text(
        "The agency that a region and budget level must entrust with what its catalogue gives to the central body.",
        "本地区、本级次的集中采购机构；属于集中采购机构采购项目的，必须委托其代理采购。",
    ),
    role="administrator",
    columns=(
        Column(
            "agency",
            Text("Agency", "采购代理机构"),
            hint=Text(
                "Its code or Chinese name; enter it under Organisations first", "统一社会信用代码或者名称，须先行登记"
            ),
        ),
        *_PLACE,
        *_TIME,
    ),
    key=("agency", "jurisdiction", "level", "valid_from"),
    find=_find_body,
    check=_check_body,
    enter=_enter_body,
    examples=_body_examples,
    identify=_identify_body,
)
"""What administrators enter of the central procurement bodies."""
