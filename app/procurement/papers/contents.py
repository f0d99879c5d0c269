"""What each paper says: its name, and the keys of its content.

A text is a string, a ``Text`` or ``{"en", "zh"}``. Days and instants may also come as ISO 8601, as a stored content
has them. ``dated_on`` is the day the paper bears, ``issuer`` the office whose name stands under it.
"""

# No ``from __future__ import annotations`` here: it would hide NotRequired from ``__required_keys__``.
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NotRequired, TypeAlias, TypedDict

from app.foundation.money import Money
from app.foundation.text import Text

Words: TypeAlias = str | Text | Mapping[str, str]
Day: TypeAlias = date | str
Instant: TypeAlias = datetime | str
Shown: TypeAlias = Words | date | datetime | Decimal | Money | int | None


class ProjectNamed(TypedDict):
    """The project a paper belongs to."""

    title: Words
    number: str
    budget: NotRequired[Money]


class SignatureGiven(TypedDict):
    """A signature given in the system: for whom, by whom, when, over what."""

    party: Words
    name: str
    signed_at: Instant
    digest: NotRequired[str]


class Listing(TypedDict):
    """A table: the names of its columns, and rows of as many cells."""

    head: Sequence[Words]
    rows: Sequence[Sequence[Shown]]


class Section(TypedDict, total=False):
    """A part of a notice; each key may be left out."""

    heading: Words
    text: Words
    list: Sequence[Words]
    facts: Sequence[tuple[Words, Shown]]
    table: Listing


class NoticeContent(TypedDict):
    """``notice``: any notice; its title names the kind, its sections say the rest."""

    title: Words
    number: NotRequired[str]
    sections: Sequence[Section]
    issuer: Words
    dated_on: NotRequired[Day]


class TenderDocumentsContent(TypedDict):
    """``tender_documents``: what ``tenders.content`` gives, with who buys and who runs it.

    ``periods``: ``performance``, ``payment`` and ``acceptance`` in words; ``contract_terms``: the terms one by one;
    ``draft``: nobody has confirmed them yet, which every page says.
    """

    project: Mapping[str, Any]
    method: str
    review_method: str
    bid_deadline_at: Instant | None
    terms: Mapping[str, Any]
    lots: Mapping[str, Any]
    attachments: NotRequired[Mapping[str, Any]]
    buyer: NotRequired[Words]
    agency: NotRequired[Words]
    version: NotRequired[int]
    periods: NotRequired[Mapping[str, Words]]
    contract_terms: NotRequired[Sequence[Words]]
    draft: NotRequired[bool]
    issuer: NotRequired[Words]
    dated_on: NotRequired[Day]


class AgreementContent(TypedDict):
    """``agreement``: the agency agreement of buyer and agency."""

    number: NotRequired[str]
    project: ProjectNamed
    buyer: Words
    agency: Words
    scope: Words
    powers: Sequence[Words]
    term_until: Day
    fee: Money
    fee_payer: Words
    signatures: NotRequired[Sequence[SignatureGiven]]
    dated_on: NotRequired[Day]


class ReceiptContent(TypedDict):
    """``receipt``: for a sealed bid. ``replaces`` is the digest of the bid it replaces."""

    number: NotRequired[str]
    supplier: Words
    project: ProjectNamed
    lot: Words
    received_at: Instant
    digest: str
    size: int
    deadline_at: NotRequired[Instant]
    document_version: NotRequired[int]
    sequence: NotRequired[int]
    replaces: NotRequired[str]
    log_index: NotRequired[int]
    issuer: Words
    dated_on: NotRequired[Day]


class OpenedRow(TypedDict):
    """What was read out of one bid, or why nothing was: its ``seal`` and ``bond`` as they were found, its ``price``."""

    supplier: Words
    seal: NotRequired[Words]
    bond: NotRequired[Words]
    price: NotRequired[Money | None]
    delivery_days: NotRequired[int | None]
    validity_days: NotRequired[int | None]
    note: NotRequired[Words]


class Objection(TypedDict):
    """What a bidder asked at the opening, or whom it wants recused, and the answer."""

    supplier: Words
    text: Words
    answer: NotRequired[Words]


class OpeningRecordContent(TypedDict):
    """``opening_record``: the opening of a lot's bids."""

    number: NotRequired[str]
    project: ProjectNamed
    lot: Words
    opened_at: Instant
    place: NotRequired[Words]
    host: NotRequired[Words]
    bid_count: int
    enough: bool
    rows: Sequence[OpenedRow]
    objections: NotRequired[Sequence[Objection]]
    signatures: NotRequired[Sequence[SignatureGiven]]
    issuer: Words
    dated_on: NotRequired[Day]


class CertificateContent(TypedDict):
    """``registration_certificate``: a supplier's."""

    number: str
    supplier: Words
    uscc: str
    legal_representative: NotRequired[str]
    scale: NotRequired[Words]
    valid_until: Day
    verify_at: NotRequired[str]
    issuer: Words
    dated_on: NotRequired[Day]


class EvaluationReportContent(TypedDict):
    """``evaluation_report``: all that O87 58 asks for.

    ``committee``: {name, role}; ``factors``: {code, name, points, standard}; ``reviews``: {supplier, stage, result,
    reasons}, of the bids that were rejected; ``ranking``: {rank, supplier, price, evaluated_price, score}; ``scores``:
    {head: names, rows: [{supplier, points: […]}]}; ``member_scores``: the same for each ``member``; ``opened``: the rows
    of the opening record; ``checks``: {supplier, stage, requirement, result}; ``dissents``: {member, text}.
    """

    number: NotRequired[str]
    project: ProjectNamed
    lot: Words
    buyer: NotRequired[Words]
    agency: NotRequired[Words]
    notice: NotRequired[Words]
    opened_at: NotRequired[Instant]
    opening_place: NotRequired[Words]
    opened: NotRequired[Sequence[OpenedRow]]
    evaluated: NotRequired[Shown]
    review_method: Words
    bidders: Sequence[Words]
    committee: Sequence[Mapping[str, Any]]
    factors: NotRequired[Sequence[Mapping[str, Any]]]
    reviews: Sequence[Mapping[str, Any]]
    checks: NotRequired[Sequence[Mapping[str, Any]]]
    ranking: Sequence[Mapping[str, Any]]
    scores: NotRequired[Mapping[str, Any]]
    member_scores: NotRequired[Sequence[Mapping[str, Any]]]
    candidates: Sequence[Words]
    notes: NotRequired[Sequence[Words]]
    dissents: NotRequired[Sequence[Mapping[str, Any]]]
    signatures: NotRequired[Sequence[SignatureGiven]]
    issuer: Words
    dated_on: NotRequired[Day]


class AwardLetterContent(TypedDict):
    """``award_letter``: ``kind`` is ``winner`` (with ``contract_due_on``) or ``loser`` (with ``query_until``).

    ``rejected`` names the review that a losing bid did not pass: ``qualification``, ``compliance``, or ``invalid`` for
    another reason; without it the bid was ranked.
    """

    kind: str
    number: NotRequired[str]
    supplier: Words
    project: ProjectNamed
    lot: Words
    received_at: NotRequired[Instant]
    price: NotRequired[Money]
    delivery: NotRequired[Words]
    winner: NotRequired[Words]
    score: NotRequired[Shown]
    rank: NotRequired[Shown]
    rejected: NotRequired[str]
    reasons: NotRequired[Words]
    contract_due_on: NotRequired[Day]
    query_until: NotRequired[Day]
    issuer: Words
    dated_on: NotRequired[Day]


class Party(TypedDict):
    """A party of a contract."""

    name: Words
    uscc: str
    address: NotRequired[str]
    contact: NotRequired[str]
    bank: NotRequired[str]


class Clause(TypedDict):
    """A clause: any of text, ``list``, ``items``, ``price``, ``requirements``, ``facts``; or ``redacted`` with a ``reason`` only."""

    key: str
    heading: Words
    text: NotRequired[Words]
    list: NotRequired[Sequence[Words]]
    items: NotRequired[Sequence[Mapping[str, Any]]]
    price: NotRequired[Money | Mapping[str, Any]]
    requirements: NotRequired[Sequence[Mapping[str, Any]]]
    facts: NotRequired[Sequence[Sequence[Shown]]]
    redacted: NotRequired[bool]
    reason: NotRequired[Words]


class Copy(TypedDict):
    """That a contract's text is the published one: who signed the original."""

    signatures: Sequence[SignatureGiven]


class ContractContent(TypedDict):
    """``contract``: the text that is signed, or (with ``copy``, and secret clauses redacted) the published one."""

    title: Words
    number: str
    project: ProjectNamed
    lot: Words
    award_number: NotRequired[str]
    buyer: Party
    supplier: Party
    clauses: Sequence[Clause]
    copy: NotRequired[Copy]
    dated_on: NotRequired[Day]


class ContractNamed(TypedDict):
    """The contract a paper belongs to."""

    title: Words
    number: str
    price: Money


class AmendmentContent(TypedDict):
    """``amendment``: a supplementary agreement; ``items`` as a contract's, at its unit prices."""

    title: Words
    number: str
    contract: ContractNamed
    buyer: Words
    supplier: Words
    reasons: Words
    items: Sequence[Mapping[str, Any]]
    amount: Money
    total: Money
    dated_on: NotRequired[Day]


class AcceptanceSheetContent(TypedDict):
    """``acceptance_sheet``: the acceptance certificate; ``rows``: {code, requirement, response, met, evidence};
    ``members`` of the acceptance group: {name, organisation, role, opinion, reasons}.

    ``reported_by`` and ``reported_at``: who confirmed the delivery for the supplier, and when.
    """

    number: str
    contract: ContractNamed
    buyer: Words
    supplier: Words
    delivered_on: Day
    delivery: NotRequired[Words]
    reported_by: NotRequired[Words]
    reported_at: NotRequired[Instant]
    round: NotRequired[int]
    rows: Sequence[Mapping[str, Any]]
    members: NotRequired[Sequence[Mapping[str, Any]]]
    accepted: bool
    accepted_by: Words
    accepted_at: Instant
    rating: NotRequired[Words]
    feedback: NotRequired[Words]
    dated_on: NotRequired[Day]


class PaymentRequestContent(TypedDict):
    """``payment_request``: an invoice against contract and acceptance."""

    number: str
    contract: ContractNamed
    buyer: Words
    supplier: Words
    invoice_number: str
    invoiced_on: Day
    amount: Money
    account: str
    paid_before: NotRequired[Money]
    accepted_on: NotRequired[Day]
    acceptance_number: NotRequired[str]
    due_on: NotRequired[Day]
    dated_on: NotRequired[Day]


class PriceConfirmationContent(TypedDict):
    """``price_confirmation``: a bidder confirms its corrected price; ``rows``: {item, quantity, read, price, amount}."""

    number: str
    project: ProjectNamed
    lot: Words
    buyer: Words
    supplier: Words
    read: Money
    price: Money
    corrections: Words
    rows: Sequence[Mapping[str, Any]]
    confirmed_at: Instant
    dated_on: NotRequired[Day]


class BondReturnListContent(TypedDict):
    """``bond_return_list``; ``rows``: {supplier, reference, holder, account, bank_name, bank, amount, interest, total}."""

    number: str
    project: ProjectNamed
    lot: NotRequired[Words]
    message_id: NotRequired[str]
    rows: Sequence[Mapping[str, Any]]
    total: Money
    issuer: Words
    dated_on: NotRequired[Day]


class PenaltyDecisionContent(TypedDict):
    """``penalty_decision``: what article 59 of the Administrative Penalty Law asks for; ``party``: as a contract's."""

    number: str
    party: Mapping[str, Any]
    breach: Words
    facts: Words
    evidence: NotRequired[Words]
    heard: Words
    reasons: Words
    law: Words
    decision: Sequence[Words]
    performance: Words
    issuer: Words
    dated_on: NotRequired[Day]


PAPERS: dict[str, type] = {
    "tender_documents": TenderDocumentsContent,
    "notice": NoticeContent,
    "agreement": AgreementContent,
    "receipt": ReceiptContent,
    "opening_record": OpeningRecordContent,
    "registration_certificate": CertificateContent,
    "evaluation_report": EvaluationReportContent,
    "award_letter": AwardLetterContent,
    "contract": ContractContent,
    "amendment": AmendmentContent,
    "acceptance_sheet": AcceptanceSheetContent,
    "payment_request": PaymentRequestContent,
    "price_confirmation": PriceConfirmationContent,
    "bond_return_list": BondReturnListContent,
    "penalty_decision": PenaltyDecisionContent,
}
"""Every paper by its name, with the shape of its content; ``templates/<name>.typ`` says how it looks."""


def missing(name: str, content: Mapping[str, Any]) -> list[str]:
    """The keys that a paper needs and its content lacks."""
    required: frozenset[str] = PAPERS[name].__required_keys__  # type: ignore[attr-defined]
    return sorted(required - set(content))
