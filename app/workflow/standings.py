"""Where the records of a procurement have to stand for an act, and where it leaves them, for the declarations of acts.

The act itself asks under its lock; what is said here is what the check of diagrams follows along their ways.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.acts import Record, Standing
from app.foundation.text import Text
from app.procurement import contracts, payments, projects, tenders

ABSENT = ""
"""The record is made by the act."""

_PROJECT = Record("project", Text("the project", "项目"), projects.STATE_NAMES)
_LOT = Record("lot", Text("the lot", "采购包"), projects.STATE_NAMES)
_TENDER = Record("tender", Text("the tender", "招标"), tenders.STATE_NAMES)
_CONTRACT = Record("contract", Text("the contract", "合同"), contracts.STATE_NAMES)
_INVOICE = Record("invoice", Text("the payment application", "资金支付申请"), payments.STATE_NAMES)


def _standing(record: Record, needs: tuple[str, ...], leaves: Iterable[str]) -> Standing:
    return Standing(record, frozenset(needs), frozenset(leaves))


def project(*needs: str, leaves: Iterable[str] = ()) -> Standing:
    """The states of the project in which an act may be done, and those it leaves it in."""
    return _standing(_PROJECT, needs, leaves)


def lot(*needs: str, leaves: Iterable[str] = ()) -> Standing:
    """The states of the lot in which an act may be done, and those it leaves it in."""
    return _standing(_LOT, needs, leaves)


def tender(*needs: str, leaves: Iterable[str] = ()) -> Standing:
    """The states of the tender in which an act may be done, and those it leaves it in."""
    return _standing(_TENDER, needs, leaves)


def contract(*needs: str, leaves: Iterable[str] = ()) -> Standing:
    """The states of the contract in which an act may be done, and those it leaves it in."""
    return _standing(_CONTRACT, needs, leaves)


def invoice(*needs: str, leaves: Iterable[str] = ()) -> Standing:
    """The states of the payment application in which an act may be done, and those it leaves it in."""
    return _standing(_INVOICE, needs, leaves)
