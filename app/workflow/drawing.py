"""The papers of a tender, drawn as its acts make them: the agreement, the documents, the notices, each in two languages."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.foundation import clock, documents
from app.foundation.actor import Actor
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import contracts, papers, tenders
from app.procurement.agreements import POWERS, Agreement
from app.procurement.projects import Project
from app.procurement.tenders import Notice, Tender, terms
from app.workflow import facts, notices

AGREEMENT = Text("Agency agreement", "委托代理协议")
PARTIES = {"buyer": Text("the buyer", "采购人"), "agency": Text("the agency", "采购代理机构")}
DOCUMENTS = Text("Tender documents", "招标文件")


def agreement(session: Session, actor: Actor, drawn: Agreement, project: Project) -> None:
    """Draw an agreement with the signatures it has, and keep it beside its row."""
    content = {
        "number": project.number,
        "project": {
            "title": project.title,
            "number": project.number,
            "budget": Money(project.estimate, project.currency),
        },
        "buyer": organisations.get(session, drawn.buyer_id).name,
        "agency": organisations.get(session, drawn.agency_id).name,
        "scope": drawn.scope,
        "powers": [POWERS[power] for power in drawn.powers],
        "term_until": drawn.term_until,
        "fee": Money(drawn.fee, drawn.currency),
        "fee_payer": facts.PAYERS[drawn.fee_payer],
        "signatures": [
            {
                "party": PARTIES[signature.party],
                "name": signature.name,
                "signed_at": signature.signed_at,
                "digest": signature.digest,
            }
            for signature in drawn.signatures
        ],
    }
    title = _numbered(AGREEMENT, project)
    kept = papers.keep(session, actor, "agreement", content, case=project.id, title=title, kind="agreement")
    drawn.document_zh_id, drawn.document_en_id = (document.id for document in kept)


def draft(session: Session, actor: Actor, tender: Tender) -> None:
    """Draw the documents that wait to be confirmed."""
    kept = _documents(session, actor, tender, "case", draft=True)
    tender.draft_zh_id, tender.draft_en_id = (document.id for document in kept)


def version(session: Session, actor: Actor, tender: Tender) -> None:
    """Draw the newest published version of the documents, for everybody."""
    newest = tender.versions[-1]
    kept = _documents(session, actor, tender, "public")
    newest.document_zh_id, newest.document_en_id = (document.id for document in kept)


def preview(session: Session, tender: Tender, language: str) -> bytes:
    """The documents as they are now, marked as a draft, without keeping them."""
    content = {"dated_on": local_day(clock.now(session)), **_content(session, tender, draft=True)}
    return papers.draw("tender_documents", content, language)


def _content(session: Session, tender: Tender, *, draft: bool) -> dict[str, Any]:
    agency = organisations.get(session, tender.agency_id).name
    law = tenders.law_of_notice(session, tender)
    content = {
        **tenders.content(tender),
        "method": law.method.within,
        "buyer": organisations.get(session, tender.buyer_id).name,
        "agency": agency,
        "issuer": agency,
        "draft": draft,
        "periods": {
            "performance": terms.performance(tender.delivery_days),
            "payment": terms.payment(tender.payment_days, law),
            "domestic_share": terms.domestic_share(law),
            "acceptance": terms.acceptance(law.count("acceptance_period")),
        },
        "contract_terms": contracts.agreed_terms(tender.contract_terms),
    }
    if tender.version and not draft:
        content["version"] = tender.version
    return content


def _documents(
    session: Session, actor: Actor, tender: Tender, access: str, *, draft: bool = False
) -> tuple[documents.Document, ...]:
    return papers.keep(
        session,
        actor,
        "tender_documents",
        _content(session, tender, draft=draft),
        case=tender.project_id,
        title=_numbered(DOCUMENTS, tender.project),
        kind="tender_documents",
        access=access,
    )


def notice(session: Session, actor: Actor, published: Notice, tender: Tender) -> None:
    """Draw a published notice, for everybody."""
    title = text_of(published.title)
    content = {
        "title": title,
        "number": tender.project.number,
        "sections": notices.sections(session, published, tender),
        "issuer": notices.issuer(session, published, tender),
    }
    kept = papers.keep(
        session, actor, "notice", content, case=tender.project_id, title=title, kind="notice", access="public"
    )
    published.document_zh_id, published.document_en_id = (document.id for document in kept)


def _numbered(title: Text, project: Project) -> Text:
    return Text(f"{title.en} {project.number}", f"{title.zh} {project.number}")
