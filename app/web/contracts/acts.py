"""What parties do with a contract outside its procedure: additions, and the performance bond."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.errors import Invalid, Refusal, Several
from app.foundation.money import Money
from app.foundation.text import Text
from app.procurement import acceptance, contracts
from app.procurement.contracts import Addition, Contract
from app.web import current, errors
from app.web.answers import redirect
from app.web.contracts import blueprint
from app.web.notices import notice
from app.workflow import additions, sealing


class NumberUnreadable(Invalid):
    """What should be a number isn't one."""

    text = Text("Enter a number.", "请填写数字。")


class DayUnreadable(Invalid):
    """What should be a day isn't one."""

    text = Text("Enter a day.", "请填写日期。")


class Missing(Invalid):
    """A field that is needed is empty."""

    text = Text("Complete this field.", "请填写此项。")


def _done(act: Callable[[], Any], page: Callable[[list[Refusal]], str], said: Text) -> Response | AnyResponse | None:
    """Do an act; the page with its problems where it is refused."""
    try:
        act()
        current.commit()
    except Refusal as refusal:
        current.session().rollback()
        return Response(page(errors.parts_of(refusal)), errors.status_of(type(refusal)))
    notice(said)
    return None


def decimal(text: str, field: str) -> Decimal:
    """A number as it was typed, thousands or not.

    :raises NumberUnreadable:
    """
    try:
        number = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation as error:
        raise NumberUnreadable(field=field) from error
    if not number.is_finite():
        raise NumberUnreadable(field=field)
    return number


def day(text: str, field: str) -> date:
    """A day as it was typed.

    :raises DayUnreadable:
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise DayUnreadable(field=field) from error


# -- additions


@blueprint.route("/<contract_id>/additions/add", methods=["GET", "POST"])
def propose(contract_id: str) -> str | AnyResponse:
    """Offer the supplier an addition of the same goods or services, at the contract's unit prices."""
    contract = contracts.get(current.session(), contract_id)
    values = {name: request.form.get(name, "").strip() for name in ("reasons", *_fields(contract))}
    if request.method == "GET":
        return _proposing(contract, values, [])

    def act() -> None:
        additions = [
            Addition(int(field.removeprefix("quantity-")), decimal(values[field], field))
            for field in _fields(contract)
            if values[field]
        ]
        contracts.propose(
            current.session(),
            current.actor(),
            contract_id=contract_id,
            additions=additions,
            reasons=values["reasons"],
            signer=current.house().authority,
        )

    said = Text(
        "The supplementary agreement is signed and has been sent to the supplier.", "补充协议已签署，等待供应商签署。"
    )
    refused = _done(
        act, lambda problems: _proposing(contracts.get(current.session(), contract_id), values, problems), said
    )
    return refused or redirect("contracts.show", contract_id=contract_id)


def _fields(contract: Contract) -> list[str]:
    return [f"quantity-{item['position']}" for item in _items(contract)]


def _items(contract: Contract) -> list[dict[str, Any]]:
    """The contract's items that have a unit price."""
    return [item for item in contracts.written_items(contract) if "unit_price" in item]


def _proposing(contract: Contract, values: dict[str, str], problems: list[Refusal]) -> str:
    ceiling = contracts.addition_ceiling(current.session(), contract)
    return render_template(
        "contracts/propose.html",
        contract=contract,
        items=_items(contract),
        values=values,
        problems=problems,
        room=contracts.room_left(contract, ceiling.value),
        price_of=lambda item: Decimal(item["unit_price"]["amount"]),
    )


@blueprint.post("/<contract_id>/additions/<amendment_id>/agree")
def agree(contract_id: str, amendment_id: str) -> AnyResponse:
    """Sign an addition for the supplier."""
    additions.agree(current.session(), current.actor(), amendment_id=amendment_id, signer=current.house().authority)
    current.commit()
    notice(Text("The supplementary agreement is signed and in force.", "补充协议已签署生效。"))
    return redirect("contracts.show", contract_id=contract_id)


@blueprint.route("/<contract_id>/additions/<amendment_id>/decline", methods=["GET", "POST"])
def decline(contract_id: str, amendment_id: str) -> str | AnyResponse:
    """Decline an addition, with reasons."""
    reasons = request.form.get("reasons", "")

    def page(problems: list[Refusal]) -> str:
        contract = contracts.get(current.session(), contract_id)
        amendment = next((each for each in contract.amendments if each.id == amendment_id), None)
        return render_template(
            "contracts/decline.html", contract=contract, amendment=amendment, reasons=reasons, problems=problems
        )

    if request.method == "GET":
        return page([])
    refused = _done(
        lambda: contracts.decline(current.session(), current.actor(), amendment_id=amendment_id, reasons=reasons),
        page,
        Text("The supplementary agreement has been declined.", "已拒绝该补充协议。"),
    )
    return refused or redirect("contracts.show", contract_id=contract_id)


# -- the acceptance certificate


@blueprint.route("/<contract_id>/acceptance/sign", methods=["GET", "POST"])
def countersign(contract_id: str) -> str | AnyResponse:
    """Sign the newest acceptance certificate for the supplier, or object to it with reasons."""
    values = {name: request.form.get(name, "") for name in ("opinion", "reasons")}

    def page(problems: list[Refusal]) -> str:
        contract = contracts.get(current.session(), contract_id)
        return render_template(
            "contracts/countersign.html",
            contract=contract,
            found=acceptance.to_sign(current.session(), contract_id),
            opinions=list(acceptance.SUPPLIER_OPINIONS.items()),
            values=values,
            problems=problems,
        )

    if request.method == "GET":
        return page([])

    def act() -> None:
        if values["opinion"] not in acceptance.SUPPLIER_OPINIONS:
            raise Missing(field="opinion")
        sealing.countersigned(
            current.session(), current.actor(), current.house().authority, contract_id=contract_id, **values
        )

    said = Text("Your answer to the acceptance certificate is recorded.", "已记录贵单位对验收书的意见。")
    return _done(act, page, said) or redirect("contracts.show", contract_id=contract_id)


# -- performance bonds

BOND_FIELDS = ("form", "amount", "number", "issuer", "valid_until")


@blueprint.route("/<contract_id>/bonds/add", methods=["GET", "POST"])
def lodge(contract_id: str) -> str | AnyResponse:
    """Lodge a performance bond, in any form but cash."""
    values = {name: request.form.get(name, "").strip() for name in BOND_FIELDS}

    def page(problems: list[Refusal]) -> str:
        contract = contracts.get(current.session(), contract_id)
        return render_template(
            "contracts/lodge.html",
            contract=contract,
            values=values,
            problems=problems,
            forms_of_bonds=list(contracts.FORMS.items()),
            asked=Money(contract.performance_bond, contract.currency),
        )

    if request.method == "GET":
        contract = contracts.get(current.session(), contract_id)
        values |= {"form": "guarantee", "amount": f"{contract.performance_bond:.2f}"}
        return page([])

    def act() -> None:
        empty: list[Refusal] = [Missing(field=name) for name in BOND_FIELDS if not values[name]]
        if empty or values["form"] not in contracts.FORMS:
            raise Several(empty or [Missing(field="form")])
        contracts.lodge(
            current.session(),
            current.actor(),
            contract_id=contract_id,
            form=values["form"],
            amount=decimal(values["amount"], "amount"),
            number=values["number"],
            issuer=values["issuer"],
            valid_until=day(values["valid_until"], "valid_until"),
        )

    refused = _done(act, page, Text("The performance bond has been submitted.", "履约保证金已提交。"))
    return refused or redirect("contracts.show", contract_id=contract_id)


@blueprint.post("/<contract_id>/bonds/<bond_id>/return")
def give_back(contract_id: str, bond_id: str) -> AnyResponse:
    """Give a performance bond back."""
    contracts.give_back(current.session(), current.actor(), bond_id=bond_id)
    current.commit()
    notice(Text("The performance bond has been returned.", "履约保证金已退还。"))
    return redirect("contracts.show", contract_id=contract_id)
