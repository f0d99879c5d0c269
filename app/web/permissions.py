"""Who may call which page, and when: one table. A page without a row is refused, and fails the tests.

A rule says who (everybody, who is signed in, who holds one of some roles) and, where it depends on the object and its
phase, a predicate that raises the refusal. The acts themselves check again, inside their transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from app.engine import tasks
from app.foundation.actor import Actor
from app.foundation.errors import NotAllowed
from app.foundation.text import Text
from app.identity import people
from app.identity import roles as known_roles
from app.procurement import evaluation, experts, queries
from app.procurement.breaches import REPORTERS
from app.web import current
from app.web.answers import redirect
from app.web.errors import wants_json

log = logging.getLogger(__name__)

Predicate = Callable[..., None]
"""``(session, actor, **parts of the address)``: raises a refusal, or lets the request through."""

STAFF = frozenset(role.id for role in known_roles.ROLES.values() if role.kind not in ("supplier",))
"""Everybody who works in the house, at the buyer's, the agency's, or on a committee."""
ANYBODY = frozenset(known_roles.ROLES)
SUPPLIER_ROLES = tuple(role.id for role in known_roles.of_kind("supplier"))
"""The roles of a supplier's people."""
PARTY_ROLES = tuple(role.id for kind in ("buyer", "agency", "finance") for role in known_roles.of_kind(kind))
"""The roles of those who buy, run and supervise."""


@dataclass(frozen=True)
class Rule:
    """``roles``: one of them is needed; empty: none. ``check`` depends on the object and its phase."""

    public: bool = False
    roles: frozenset[str] = frozenset()
    check: Predicate | None = None

    @property
    def said(self) -> str:
        """The rule in a few words, for the reference."""
        who = "everybody" if self.public else ", ".join(sorted(self.roles)) or "who is signed in"
        return who if self.check is None else f"{who}; {(self.check.__doc__ or self.check.__name__).splitlines()[0]}"


def everybody(check: Predicate | None = None) -> Rule:
    """No sign-in needed."""
    return Rule(public=True, check=check)


def signed_in(check: Predicate | None = None) -> Rule:
    """Any person with an account."""
    return Rule(check=check)


def holders(*roles: str, check: Predicate | None = None) -> Rule:
    """Who holds one of these roles."""
    unknown = [role for role in roles if not known_roles.known(role)]
    assert not unknown, f"there is no role {unknown}"
    return Rule(roles=frozenset(roles), check=check)


class RoleNeeded(NotAllowed):
    """None of the roles that may do this."""

    text = Text("Only these roles can see this page: %(roles)s.", "此页面仅供以下角色使用：%(roles)s。")


class SignInNeeded(Unauthorized):
    """Someone who isn't signed in (any more) sent a form; the pages of signing in answer it, with the form kept."""


class NoRule(NotAllowed):
    """The table has no row for this page: nobody may call it."""


def task_is_for_them(session: Session, actor: Actor, task_id: str, **_: Any) -> None:
    """the task is offered to or held by the person (administrators may look)"""
    from app.engine.records import OpenTaskRow

    task = session.get(OpenTaskRow, task_id)
    if task is None or tasks.may(actor, task) or actor.has_role("administrator"):
        return  # a task that is gone is answered by the page itself: done, and by whom
    raise tasks.NotYourTask


def case_is_visible(session: Session, actor: Actor, instance_id: str, **_: Any) -> None:
    """the person has a part in the case, or watches over all"""
    from app.web.visibility import refuse_unseen

    refuse_unseen(session, actor, instance_id)


def document_is_visible(session: Session, actor: Actor, document_id: str, **_: Any) -> None:
    """the document is public, the person's own, or belongs to a case they see"""
    from app.web.visibility import refuse_unseen_document

    refuse_unseen_document(session, actor, document_id)


def tender_is_worked_on(session: Session, actor: Actor, tender_id: str, **_: Any) -> None:
    """the tender is one of the person's organisation, or the person watches over all"""
    from app.procurement.tenders import TenderUnknown, get, lists

    if not lists.worked_on_by(actor, get(session, tender_id)):
        raise TenderUnknown


def lot_is_published(session: Session, _actor: Actor, lot_id: str, **_: Any) -> None:
    """the lot's tender has been published"""
    from app.procurement.tenders import TenderUnknown, of_lot

    if of_lot(session, lot_id).published_at is None:
        raise TenderUnknown


def tender_is_run(session: Session, actor: Actor, tender_id: str, **_: Any) -> None:
    """the person's agency runs the tender"""
    from app.procurement.tenders import TenderUnknown, get

    if not actor.has_role("agency-officer", get(session, tender_id).agency_id):
        raise TenderUnknown


def tender_is_bought(session: Session, actor: Actor, tender_id: str, **_: Any) -> None:
    """the person reviews for the tender's buyer"""
    from app.procurement.tenders import TenderUnknown, get

    if not actor.has_role("buyer-reviewer", get(session, tender_id).buyer_id):
        raise TenderUnknown


def contract_is_visible(session: Session, actor: Actor, contract_id: str, **_: Any) -> None:
    """the contract is one of the person's organisation, or the person audits"""
    from app.procurement.contracts import ContractUnknown, get, visible_to

    if not visible_to(actor, get(session, contract_id)):
        raise ContractUnknown


def breach_is_visible(session: Session, actor: Actor, breach_id: str, **_: Any) -> None:
    """the finance department, who reported it, and the supplier once it was told"""
    from app.procurement.breaches import BreachUnknown, get, visible_to

    if not visible_to(actor, get(session, breach_id)):
        raise BreachUnknown


def person_is_theirs(session: Session, actor: Actor, account_id: str, **_: Any) -> None:
    """the person works for the supplier whose people the actor looks after (administrators and auditors: anybody)"""
    people.refuse_strangers(session, actor, account_id)


def organisation_is_theirs(_session: Session, actor: Actor, organisation_id: str, **_: Any) -> None:
    """suppliers see their own organisation only"""
    if not any(actor.has_role(role) for role in STAFF) and actor.organisation_id != organisation_id:
        raise NotAllowed


def expert_is_seen(session: Session, actor: Actor, expert_id: str, **_: Any) -> None:
    """the person keeps the pool, or it is their own entry"""
    if not experts.expert_visible_to(actor, experts.get(session, expert_id)):
        raise experts.ExpertUnknown


def report_is_open(session: Session, actor: Actor, lot_id: str, **_: Any) -> None:
    """the report of the lot's evaluation is there, and for this person"""
    if not evaluation.report_visible_to(session, actor, lot_id):
        raise evaluation.ReportUnknown


def query_is_seen(session: Session, actor: Actor, query_id: str, **_: Any) -> None:
    """the challenge is of the person's company, or of a tender they work with, or its answer was told to them"""
    if not queries.visible_to(session, actor, queries.get(session, query_id)):
        raise queries.QueryUnknown


def bid_is_theirs(session: Session, actor: Actor, bid_id: str, **_: Any) -> None:
    """the bid is one of the person's supplier"""
    from app.procurement.bids import BidUnknown, get

    if get(session, bid_id).supplier_id != actor.organisation_id:
        raise BidUnknown


def registration_is_seen(session: Session, actor: Actor, registration_id: str, **_: Any) -> None:
    """the registration is the person's own supplier's, or the person reviews or audits registrations"""
    from app.procurement import suppliers

    if not suppliers.visible_to(actor, suppliers.get(session, registration_id)):
        raise suppliers.RegistrationUnknown


def entry_is_seen(session: Session, actor: Actor, proposal_id: str, **_: Any) -> None:
    """the person enters or confirms entries of this kind, for this organisation, or audits; a draft is its author's"""
    from app.foundation import proposals
    from app.workflow.feeding import kinds

    if not kinds.may_see(actor, proposals.get(session, proposal_id)):
        raise proposals.ProposalUnknown


def in_demonstration(_session: Session, _actor: Actor, **_: Any) -> None:
    """the service shows its demonstration town"""
    if not current.config().demonstration:
        raise NotAllowed


FEEDING = ("administrator", "finance-officer", "agency-officer", "buyer-handler")
CONFIRMING = (*FEEDING, "buyer-reviewer")
"""Who enters what an office works with, and confirms what others of them entered."""

STUDIO_SEEN = (
    "studio.index", "studio.versions", "studio.templates", "studio.forms", "studio.known_roles", "studio.known_decisions",
    "studio.known_processes", "studio.draft", "studio.edit", "studio.file", "studio.proposal", "studio.deployment",
    "studio.rehearse",
)  # fmt: skip
"""The studio's pages that only show."""

PORTAL = (
    "portal.index", "portal.results", "portal.notice", "portal.tender", "portal.tender_calendar", "portal.tender_documents", "portal.contracts", "portal.contract",
    "portal.breaches", "portal.breach", "portal.verify", "portal.about", "portal.feed", "portal.open_data",
    "portal.releases", "portal.records", "portal.process", "portal.extension", "portal.checkpoints",
)  # fmt: skip
"""The pages of the portal, which show nothing but what was published."""

SUPPLIER_PAGES = (
    "supplier.index",
    "supplier.tenders_open",
    "supplier.tender",
    "supplier.take_documents",
    "supplier.ask",
    "supplier.bonds",
    "supplier.bond",
    "supplier.company",
    "supplier.messages",
    "supplier.open_message",
    "supplier.read_all",
)
BIDDING_PAGES = (
    "supplier.bid",
    "supplier.save",
    "supplier.save_draft",
    "supplier.add_file",
    "supplier.remove_file",
    "supplier.load_copy",
    "supplier.hand_on",
    "supplier.ask_reference",
    "supplier.lodge_guarantee",
)
DRAFT_PAGES = ("supplier.check", "supplier.draft_file", "supplier.copy")
"""What a bid writer and a signer read before the bid is sealed."""
OWN_BID_PAGES = ("supplier.receipt", "supplier.receipt_json", "supplier.receipt_pdf", "supplier.opening_record")
BINDING_ACTS = ("supplier.confirm", "supplier.withdraw")
BOND_PAGES = (
    "bonds.index",
    "bonds.set_account",
    "bonds.import_statement",
    "bonds.table",
    "bonds.statement",
    "bonds.decide",
    "bonds.lot",
    "bonds.letter",
    "bonds.send_back",
    "bonds.forfeit",
)


RULES: dict[str, Rule] = {
    # -- the shell
    "static": everybody(),
    "shell.favicon": everybody(),
    "shell.home": everybody(),
    "shell.set_language": everybody(),
    "shell.help_page": everybody(),
    "shell.search": signed_in(),
    "shell.is_alive": everybody(),
    # -- the demonstration
    "demonstration.clock": everybody(in_demonstration),
    "demonstration.turn": everybody(in_demonstration),
    "demonstration.sample": signed_in(in_demonstration),
    "demonstration.pay_bond": holders("supplier-bidder", check=in_demonstration),
    "demonstration.statement": holders("agency-officer", check=in_demonstration),
    "demonstration.import_statement": holders("agency-officer", check=in_demonstration),
    # -- signing in, one's own account
    "identity.sign_in": everybody(),
    "identity.sign_in_as": everybody(in_demonstration),
    "identity.sign_out": signed_in(),
    "identity.session_state": everybody(),
    "identity.stay": signed_in(),
    "identity.signed_in_again": signed_in(),
    "identity.forgotten": everybody(),
    "identity.set_password": everybody(),
    "identity.my_account": signed_in(),
    "identity.change_details": signed_in(),
    "identity.choose_reminders": signed_in(),
    "identity.change_password": signed_in(),
    "identity.refuse_address": signed_in(),
    "identity.end_session": signed_in(),
    "identity.end_other_sessions": signed_in(),
    "identity.act_for": signed_in(),
    # -- people, their roles and organisations
    "people.index": holders("administrator", "auditor", "supplier-admin"),
    "people.show": holders("administrator", "auditor", "supplier-admin", check=person_is_theirs),
    "people.add": holders("administrator", "supplier-admin"),
    "people.change_details": holders("administrator"),
    "people.confirm_address": holders("administrator"),
    "people.refuse_address": holders("administrator"),
    "people.invite": holders("administrator", "supplier-admin", check=person_is_theirs),
    "people.grant": holders("administrator", "supplier-admin", check=person_is_theirs),
    "people.revoke": holders("administrator", "supplier-admin", check=person_is_theirs),
    "people.disable": holders("administrator"),
    "people.enable": holders("administrator"),
    "people.organisations": holders(*STAFF),
    "people.organisation": holders(*STAFF, "supplier-admin", check=organisation_is_theirs),
    "people.add_organisation": holders("administrator"),
    # -- what an office feeds the program with
    "data.index": holders(*CONFIRMING, "auditor"),
    "data.first_steps": holders("administrator"),
    "data.calendar": holders("administrator", "auditor"),
    "data.year": holders("administrator", "auditor"),
    "data.law": holders("administrator", "auditor"),
    "data.catalogue": holders("administrator", "auditor"),
    "data.plan": holders("buyer-handler", "buyer-reviewer"),
    "data.budget": holders("finance-officer"),
    "data.line": holders("finance-officer"),
    "data.load": holders(*FEEDING),
    "data.template": holders(*FEEDING),
    "data.enter": holders(*FEEDING),
    "data.proposal": holders(*CONFIRMING, "auditor", check=entry_is_seen),
    "data.decide": holders(*CONFIRMING, check=entry_is_seen),
    # -- the inbox and its tasks
    "inbox.index": signed_in(),
    "tasks.show": signed_in(task_is_for_them),
    "tasks.submit": signed_in(task_is_for_them),
    "tasks.save_draft": signed_in(task_is_for_them),
    "tasks.claim": signed_in(task_is_for_them),
    "tasks.give_back": signed_in(task_is_for_them),
    "tasks.hand_over": signed_in(task_is_for_them),
    "tasks.done": signed_in(),
    # -- cases
    "cases.index": signed_in(),
    "cases.show": signed_in(case_is_visible),
    "cases.diagram": signed_in(case_is_visible),
    "cases.state": signed_in(case_is_visible),
    "cases.in_words": signed_in(case_is_visible),
    "starts.index": signed_in(),
    "starts.show": signed_in(),
    "starts.start": signed_in(),
    "starts.save_draft": signed_in(),
    "starts.discard_draft": signed_in(),
    "starts.discard": signed_in(case_is_visible),
    # -- documents
    "documents.upload": signed_in(),
    "documents.download": everybody(document_is_visible),
    "documents.read": signed_in(document_is_visible),
    "documents.picture": signed_in(document_is_visible),
    # -- tenders, for those who run them
    "tenders.index": Rule(roles=STAFF),
    "tenders.show": Rule(roles=STAFF, check=tender_is_worked_on),
    "tenders.versions": Rule(roles=STAFF, check=tender_is_worked_on),
    "tenders.questions": Rule(roles=STAFF, check=tender_is_worked_on),
    "tenders.change": holders("agency-officer", check=tender_is_run),
    "tenders.publish_change": holders("agency-officer", check=tender_is_run),
    "tenders.override": holders("agency-officer", check=tender_is_run),
    "tenders.terminate": holders("buyer-reviewer", check=tender_is_bought),
    "tenders.publish_termination": holders("buyer-reviewer", check=tender_is_bought),
    # -- the studio
    **dict.fromkeys(STUDIO_SEEN, holders("analyst", "administrator", "auditor")),
    "studio.begin": holders("analyst"),
    "studio.new": holders("analyst"),
    "studio.save": holders("analyst"),
    "studio.add": holders("analyst"),
    "studio.check": holders("analyst"),
    "studio.play": holders("analyst"),
    "studio.progress": holders("analyst"),
    "studio.propose": holders("analyst"),
    "studio.discard": holders("analyst"),
    "studio.decide": holders("analyst"),
    "studio.retire": holders("analyst"),
    # -- contracts, for their parties
    "contracts.index": signed_in(),
    "contracts.show": signed_in(contract_is_visible),
    "contracts.propose": holders("buyer-contract-officer", check=contract_is_visible),
    "contracts.agree": holders("supplier-signer", check=contract_is_visible),
    "contracts.decline": holders("supplier-signer", check=contract_is_visible),
    "contracts.countersign": holders("supplier-signer", check=contract_is_visible),
    "contracts.lodge": holders("supplier-signer", check=contract_is_visible),
    "contracts.give_back": holders("buyer-contract-officer", check=contract_is_visible),
    # -- suppliers as one looks them up, and their breaches
    "parties.suppliers": Rule(roles=STAFF - {"expert"}),
    "parties.supplier": Rule(roles=STAFF - {"expert"}),
    "breaches.index": holders(*REPORTERS, "auditor", "supplier-admin", "supplier-signer"),
    "breaches.report": holders(*REPORTERS),
    "breaches.show": signed_in(breach_is_visible),
    "breaches.notify": holders("finance-officer", check=breach_is_visible),
    "breaches.reply": holders("supplier-admin", "supplier-signer", check=breach_is_visible),
    "breaches.hear": holders("finance-officer", check=breach_is_visible),
    "breaches.decide": holders("finance-officer", check=breach_is_visible),
    "breaches.publish": holders("finance-officer", check=breach_is_visible),
    "breaches.lift": holders("finance-officer", check=breach_is_visible),
    # -- operations: administrators act, auditors look
    "operations.index": holders("administrator", "auditor"),
    "operations.show": holders("administrator", "auditor"),
    "operations.suspend": holders("administrator"),
    "operations.resume": holders("administrator"),
    "operations.cancel": holders("administrator"),
    "operations.set_variable": holders("administrator"),
    "operations.move": holders("administrator"),
    "operations.change": holders("administrator"),
    "operations.take_back": holders("administrator"),
    "operations.incidents": holders("administrator", "auditor"),
    "operations.retry": holders("administrator"),
    "operations.retry_all": holders("administrator"),
    "operations.timers": holders("administrator", "auditor"),
    "operations.clocks": holders("administrator", "auditor"),
    "operations.see_clock": holders("administrator"),
    "operations.mails": holders("administrator", "auditor"),
    "operations.send_again": holders("administrator"),
    "operations.messages": holders("administrator", "auditor"),
    "operations.journal": holders("administrator", "auditor"),
    # -- figures
    "figures.index": holders("administrator", "auditor", "analyst"),
    # -- the public portal
    **dict.fromkeys(PORTAL, everybody()),
    # -- the expert pool
    "experts.index": holders("finance-officer", "administrator", "auditor"),
    "experts.mine": holders("expert"),
    "experts.show": signed_in(expert_is_seen),
    "experts.enter": holders("finance-officer", "administrator"),
    "experts.change": holders("finance-officer", "administrator"),
    "experts.tie": signed_in(expert_is_seen),
    "experts.absence": signed_in(expert_is_seen),
    "experts.conduct": holders("finance-officer", "administrator"),
    # -- suppliers: registration, tenders, bids, bonds
    "supplier.register": everybody(),
    "supplier.receipt_key": everybody(),
    "supplier.registrations": holders("registrar", "auditor"),
    "supplier.registration": holders("registrar", "auditor"),
    "supplier.review": holders("registrar"),
    "supplier.certificate": signed_in(registration_is_seen),
    "supplier.paper": signed_in(registration_is_seen),
    **dict.fromkeys(SUPPLIER_PAGES, holders(*SUPPLIER_ROLES)),
    **dict.fromkeys(BIDDING_PAGES, holders("supplier-bidder")),
    **dict.fromkeys(OWN_BID_PAGES, holders(*SUPPLIER_ROLES, check=bid_is_theirs)),
    "supplier.submit": holders("supplier-signer"),
    **dict.fromkeys(DRAFT_PAGES, holders("supplier-bidder", "supplier-signer")),
    **dict.fromkeys(BINDING_ACTS, holders("supplier-signer", check=bid_is_theirs)),
    "supplier.object_to_opening": holders("supplier-bidder", check=bid_is_theirs),
    "supplier.declare_again": holders("supplier-admin"),
    "supplier.attach_paper": holders("supplier-admin"),
    # -- the agency's bonds
    **dict.fromkeys(BOND_PAGES, holders("agency-officer")),
    # -- results: a bidder's own, the evaluation, the draw
    "results.index": holders(*SUPPLIER_ROLES),
    "results.show": holders(*SUPPLIER_ROLES),
    "results.evaluated": signed_in(report_is_open),
    "results.draw": everybody(),
    "results.draw_record": everybody(),
    # -- queries
    "queries.index": holders(*SUPPLIER_ROLES, *PARTY_ROLES, "auditor"),
    "queries.show": signed_in(query_is_seen),
    "queries.write": holders(*SUPPLIER_ROLES, check=lot_is_published),
    "queries.send": holders(*SUPPLIER_ROLES, check=lot_is_published),
}
"""Every page's rule, by endpoint. Further parts of the site add their rows here, each under its own heading."""


def install(app: Flask) -> None:
    """Ask the table before every request."""
    app.before_request(enforce)


def enforce() -> Response | None:
    """Let the request through, send it to the sign-in page, or refuse it."""
    if request.endpoint is None:
        return None  # there is no such page: Flask says so
    rule = RULES.get(request.endpoint)
    if rule is None:
        log.error("no rule for %s", request.endpoint)
        raise NoRule
    if not rule.public and current.account() is None:
        return _ask_to_sign_in()
    if rule.roles and not any(current.actor().has_role(role) for role in rule.roles):
        named = [known_roles.name(role) for role in known_roles.ROLES if role in rule.roles]
        raise RoleNeeded(roles=_listed(named))
    if rule.check is not None:
        rule.check(current.session(), current.actor(), **(request.view_args or {}))
    return None


def allows(endpoint: str, **parts: Any) -> bool:
    """Whether the person at hand may call a page (menus and buttons ask, so that nobody is shown a closed door)."""
    rule = RULES.get(endpoint) if endpoint in current_app.view_functions else None
    if rule is None or (not rule.public and current.account() is None):
        return False
    if rule.roles and not any(current.actor().has_role(role) for role in rule.roles):
        return False
    if rule.check is None or not parts:
        return True
    try:
        rule.check(current.session(), current.actor(), **parts)
    except NotAllowed:
        return False
    return True


def _ask_to_sign_in() -> Response:
    """Send to the sign-in page what can be asked for again.

    :raises Unauthorized: for the rest
    """
    if request.method in current.SAFE and not wants_json():
        wanted = request.full_path.rstrip("?")
        return redirect("identity.sign_in", next=wanted if wanted != "/" else None)
    raise Unauthorized if wants_json() else SignInNeeded


def _listed(names: list[Text]) -> Text:
    return Text(", ".join(name.en for name in names), "、".join(name.zh for name in names))
