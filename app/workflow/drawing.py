"""The papers of a tender, drawn as its acts make them: the agreement, the documents, the notices, each in two languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import documents
from app.foundation.actor import Actor
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.identity import organisations
from app.procurement import papers, tenders
from app.procurement.agreements import POWERS, Agreement
from app.procurement.projects import Project
from app.procurement.tenders import Notice, Tender, places
from app.workflow import facts

Words = Text | Mapping[str, str]

AGREEMENT = Text("Entrusting agreement", "委托代理协议")
PARTIES = {"buyer": Text("the buyer", "采购人"), "agency": Text("the agency", "采购代理机构")}
TITLES = {
    "tender_documents": Text("Procurement documents", "招标文件"),
    "notice": Text("Notice", "公告"),
}


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
    kept = _documents(session, actor, tender, "case")
    tender.draft_zh_id, tender.draft_en_id = (document.id for document in kept)


def version(session: Session, actor: Actor, tender: Tender) -> None:
    """Draw the newest published version of the documents, for everybody."""
    newest = tender.versions[-1]
    kept = _documents(session, actor, tender, "public")
    newest.document_zh_id, newest.document_en_id = (document.id for document in kept)


def _documents(session: Session, actor: Actor, tender: Tender, access: str) -> tuple[documents.Document, ...]:
    agency = organisations.get(session, tender.agency_id).name
    content = {
        **tenders.content(tender),
        "buyer": organisations.get(session, tender.buyer_id).name,
        "agency": agency,
        "issuer": agency,
    }
    if tender.version:
        content["version"] = tender.version
    return papers.keep(
        session,
        actor,
        "tender_documents",
        content,
        case=tender.project_id,
        title=_numbered(TITLES["tender_documents"], tender.project),
        kind="tender_documents",
        access=access,
    )


def notice(session: Session, actor: Actor, published: Notice, tender: Tender) -> None:
    """Draw a published notice, for everybody."""
    title = text_of(published.title)
    content = {
        "title": title,
        "number": tender.project.number,
        "sections": _SECTIONS[published.kind](published.content),
        "issuer": organisations.get(session, tender.agency_id).name,
    }
    kept = papers.keep(
        session, actor, "notice", content, case=tender.project_id, title=title, kind="notice", access="public"
    )
    published.document_zh_id, published.document_en_id = (document.id for document in kept)


def _numbered(title: Text, project: Project) -> Text:
    return Text(f"{title.en} {project.number}", f"{title.zh} {project.number}")


# -- what each notice says


def _tender_sections(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The eight contents of O87 13."""
    buyer, agency = content["buyer"], content["agency"]
    return [
        {
            "heading": Text("The project", "项目基本情况"),
            "facts": [
                (Text("Project", "项目名称"), content["title"]),
                (Text("Number", "项目编号"), content["number"]),
                (Text("Object", "采购类别"), facts.OBJECTS[content["object"]]),
                (Text("Need", "采购需求"), content["need"]),
                (Text("Consortia", "联合体投标"), _accepted(content["consortium"])),
            ],
            "table": {
                "head": [
                    Text("Lot", "包号"),
                    Text("Name", "名称"),
                    Text("Budget", "预算金额"),
                    Text("Ceiling", "最高限价"),
                    Text("Items", "采购标的"),
                ],
                "rows": [
                    [
                        str(lot["number"]),
                        lot["name"],
                        Money(Decimal(lot["budget"])),
                        Money(Decimal(lot["ceiling"])) if lot["ceiling"] else "–",
                        "；".join(f"{item['name']} {item['quantity']}{item['unit']}" for item in lot["items"]),
                    ]
                    for lot in content["lots"]
                ],
            },
        },
        {
            "heading": Text("Who may bid", "申请人的资格要求"),
            "facts": [
                (Text(f"{number}", f"{number}"), words) for number, words in enumerate(content["qualification"], 1)
            ],
        },
        {
            "heading": Text("Getting the documents", "获取招标文件"),
            "facts": [
                (Text("From", "开始日期"), _day(content["documents"]["from"])),
                (Text("Until", "截止日期"), _day(content["documents"]["until"])),
                (Text("How", "方式"), Text("on this platform, free of charge", "通过本平台免费下载")),
            ],
        },
        {
            "heading": Text("Bids", "提交投标文件"),
            "facts": [
                (
                    Text("Deadline and opening", "投标截止及开标时间"),
                    _instant(content["bid_deadline_at"]),
                ),
                (Text("How", "方式"), Text("sealed, on this platform", "通过本平台加密提交")),
                (Text("This notice stands until", "公告期限至"), _day(content["notice_ends_on"])),
            ],
        },
        {
            "heading": Text("Who to ask", "联系方式"),
            "facts": [*_contact(PARTIES["buyer"], buyer), *_contact(PARTIES["agency"], agency)],
        },
    ]


def _contact(part: Text, party: Mapping[str, Any]) -> list[tuple[Text, Any]]:
    name = text_of(party["name"])
    lines = [party["address"], party["contact"], party["phone"]]
    rest = ", ".join(line for line in lines if line)
    return [(Text(part.en.capitalize(), part.zh), Text(*(f"{words}, {rest}" if rest else words for words in name)))]


def _change_sections(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "facts": [
                (Text("Version of the documents", "招标文件版本"), str(content["version"])),
                (Text("Reasons", "更正理由"), content["reasons"]),
                (Text("Deadline before", "原投标截止时间"), _instant(content["old_deadline_at"])),
                (Text("Deadline now", "现投标截止时间"), _instant(content["new_deadline_at"])),
                (
                    Text("Bids submitted before", "此前提交的投标"),
                    Text("must be confirmed again", "须重新确认")
                    if content["affects_bids"]
                    else Text("stay as they are", "继续有效"),
                ),
            ],
            "table": {
                "head": [Text("Place", "更正内容"), Text("Before", "更正前"), Text("Now", "更正后")],
                "rows": [
                    [places.place(each["place"]), places.value(each["old"]), places.value(each["new"])]
                    for each in content["differences"]
                ],
            },
        }
    ]


def _clarification_sections(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [
        {"facts": [(Text("Question", "提问"), content["question"]), (Text("Answer", "答复"), content["answer"])]},
    ]


def _failure_sections(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "facts": [
                (Text("Lot", "包号"), str(content["lot"])),
                (Text("Why it failed", "废标理由"), content["why"]),
                (Text("Rests on", "依据"), "GPL 36, O87 41, 43"),
            ]
        }
    ]


def _termination_sections(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "facts": [
                (Text("Reasons", "终止理由"), content["reasons"]),
                (
                    Text("Bid bonds", "投标保证金"),
                    Text("go back within five working days (O87 29)", "5个工作日内退还（财政部令第87号第二十九条）"),
                ),
            ]
        }
    ]


def _contract_sections(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What a contract notice says; the contract's text itself is published beside it."""
    return [
        {
            "facts": [
                (Text("Contract", "合同名称"), content["title"]),
                (Text("Number", "合同编号"), content["number"]),
                (Text("Buyer", "采购人（甲方）"), content["buyer"]),
                (Text("Supplier", "供应商（乙方）"), content["supplier"]),
                (Text("Price", "合同金额"), Money(Decimal(content["price"]), content["currency"])),
                (Text("Signed on", "合同签订日期"), _day(content["signed_on"])),
                (
                    Text("The contract's text", "合同文本"),
                    Text("published, but for the clauses it names as secret", "已公告，涉密条款除外")
                    if content["secret_clauses"]
                    else Text("published in full", "已全文公告"),
                ),
                (Text("Rests on", "依据"), "IR 50"),
            ]
        }
    ]


_SECTIONS: dict[str, Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]]] = {
    "tender": _tender_sections,
    "change": _change_sections,
    "clarification": _clarification_sections,
    "failure": _failure_sections,
    "termination": _termination_sections,
    "contract": _contract_sections,
}


def _accepted(accepted: bool) -> Text:
    return Text("accepted", "接受") if accepted else Text("not accepted", "不接受")


def _day(iso: str) -> date:
    return date.fromisoformat(iso)


def _instant(iso: str) -> datetime:
    return datetime.fromisoformat(iso)
