"""What each notice says, section by section, as the formats of the Ministry of Finance have it (财办库〔2020〕50号)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import dates
from app.foundation.money import Money
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement.bids import SME_KINDS
from app.procurement.rules import laws, methods
from app.procurement.tenders import Notice, Tender, places, terms
from app.workflow import facts

Section = Mapping[str, Any]
Fact = tuple[Text, Any]
Content = Mapping[str, Any]

PARTIES = {"buyer": Text("Buyer", "采购人信息"), "agency": Text("Procurement agency", "采购代理机构信息")}
ONLINE = Text("this service, online", "本平台（网上开标）")
POLICIES = {
    "none": Text("price deduction for small and micro enterprises", "对小型和微型企业给予价格扣除"),
    "reserved": Text("reserved for small and medium enterprises", "专门面向中小企业采购"),
}
PROJECT = Text("The project", "项目基本情况")
LEGAL_BASIS = Text("Legal basis", "法律依据")
FAILURE_ARTICLES = {"few_bids": "GPL 36, O87 43", "few_conforming": "GPL 36, O87 43", "cancelled": "GPL 36"}
"""The articles of a failure by its reason; of the others article 36 of the law alone."""


def sections(session: Session, notice: Notice, tender: Tender) -> list[Section]:
    """The sections of a published notice, for its paper."""
    said = _SAID[notice.kind](notice.content, tender)
    if notice.kind in ("tender", "award", "contract"):
        return said
    return [{"heading": PROJECT, "facts": _project(tender)}, *said, contacts(_parties(session, tender))]


def giver(notice: Notice, tender: Tender) -> str:
    """Whose notice it is, as an organisation's id: the agency's; the buyer's of a contract (IR 50) and a termination (O87 29)."""
    return tender.buyer_id if notice.kind in ("contract", "termination") else tender.agency_id


def issuer(session: Session, notice: Notice, tender: Tender) -> Text:
    """The name under a notice."""
    return organisations.get(session, giver(notice, tender)).name


def contacts(parties: Content) -> Section:
    """Whom to ask: buyer and agency, each with what is known of it on a line of its own."""
    found: list[Fact] = []
    for name, label in PARTIES.items():
        party = parties[name]
        found.append((label, text_of(party["name"])))
        found.append((Text("Address", "地址"), party["address"]))
        found.append((Text("Contact", "联系人"), party["contact"]))
        found.append((Text("Telephone", "联系电话"), party["phone"]))
    return {"heading": Text("Contacts", "联系方式"), "facts": found}


def _parties(session: Session, tender: Tender) -> Content:
    parties = (organisations.get(session, id) for id in (tender.buyer_id, tender.agency_id))
    return {
        name: {"name": of.name, "address": of.address, "contact": of.contact_name, "phone": of.contact_phone}
        for name, of in zip(PARTIES, parties, strict=True)
    }


def _project(tender: Tender) -> list[Fact]:
    first = tender.published_at
    return [
        (Text("Project number", "项目编号"), tender.project.number),
        (Text("Project", "项目名称"), tender.project.title),
        (Text("First notice published on", "首次公告日期"), local_day(first) if first else None),
    ]


# -- the notice of a tender (O87 13)


def _tender(content: Content, tender: Tender) -> list[Section]:
    return [
        {
            "heading": PROJECT,
            "facts": [
                (Text("Project number", "项目编号"), content["number"]),
                (Text("Project", "项目名称"), content["title"]),
                (Text("Category", "采购类别"), facts.OBJECTS[content["object"]]),
                (Text("Method", "采购方式"), methods.named(tender.method).name),
                (Text("Requirements", "采购需求"), content["need"]),
                (Text("Performance period", "合同履行期限"), terms.performance(tender.delivery_days)),
                (Text("Consortia", "是否接受联合体投标"), _accepted(content["consortium"])),
            ],
            "table": _lots(content),
        },
        {
            "heading": Text("Eligibility", "申请人的资格要求"),
            "list": [text_of(words) for words in content["qualification"]],
        },
        {"heading": Text("How to get the documents", "获取招标文件"), "facts": _supply(content)},
        {
            "heading": Text("Submission of bids and bid opening", "提交投标文件截止时间、开标时间和地点"),
            "facts": [
                (Text("Bid deadline and opening", "投标截止及开标时间"), _when(content["bid_deadline_at"])),
                (Text("Place", "地点"), ONLINE),
                (Text("How", "方式"), Text("encrypted, on this service", "在本平台加密提交")),
            ],
        },
        {
            "heading": Text("Notice period", "公告期限"),
            "facts": [(Text("Notice period ends", "公告期限至"), _day(content["notice_ends_on"]))],
        },
        {"heading": Text("Further matters", "其他补充事宜"), "facts": _further(content, tender)},
        contacts(content),
    ]


def _lots(content: Content) -> Content:
    return {
        "head": [
            Text("Lot", "包号"),
            Text("Name", "名称"),
            Text("Budget", "预算金额"),
            Text("Ceiling price", "最高限价"),
            Text("Subject", "采购标的"),
        ],
        "rows": [
            [
                str(lot["number"]),
                text_of(lot["name"]),
                Money(Decimal(lot["budget"])),
                Money(Decimal(lot["ceiling"])) if lot["ceiling"] else Text("none", "未设定"),
                "；".join(f"{item['name']} {item['quantity']}{item['unit']}" for item in lot["items"]),
            ]
            for lot in content["lots"]
        ],
    }


def _supply(content: Content) -> list[Fact]:
    return [
        (Text("From", "开始日期"), _day(content["documents"]["from"])),
        (Text("Until and including", "截止日期（含当日）"), _day(content["documents"]["until"])),
        (Text("Place and manner", "地点和方式"), Text("on this service, online", "本平台，网上获取")),
        (Text("Price", "售价"), Text("free of charge", "免费")),
    ]


def _further(content: Content, tender: Tender) -> list[Fact]:
    percent = f"{tender.bond_percent.normalize():f}"
    bond = Text(f"{percent}% of the lot's budget", f"采购包预算金额的{percent}%")
    found: list[Fact] = [
        (Text("Bid bond", "投标保证金"), bond if tender.bond_percent else Text("none", "不收取")),
        *(
            (
                Text(f"Policy, lot {lot['number']}", f"采购包{lot['number']}落实的政府采购政策"),
                POLICIES[lot["sme_mode"]],
            )
            for lot in content["lots"]
        ),
    ]
    return found


# -- the notice of an award (O87 69, N46 13)


def _award(content: Content, tender: Tender) -> list[Section]:
    winner = content["winner"]
    said: list[Section] = [
        {
            "heading": PROJECT,
            "facts": [
                (Text("Project number", "项目编号"), content["number"]),
                (Text("Project", "项目名称"), text_of(content["title"])),
                (Text("Lot", "采购包"), _lot(content["lot"])),
                (Text("Method", "采购方式"), methods.named(tender.method).name),
            ],
        },
        {
            "heading": Text("Award", "中标信息"),
            "facts": [
                (Text("Winning bidder", "中标人"), text_of(winner["name"])),
                (Text("Unified social credit code", "统一社会信用代码"), winner["uscc"]),
                (Text("Address", "中标人地址"), winner["address"]),
                (Text("Award price", "中标金额"), Money(Decimal(content["price"]), content["currency"])),
                (Text("Evaluation method", "评标方法"), facts.named(facts.REVIEW_METHODS, content["review_method"])),
                (Text("Total score", "评审总得分"), _total(content)),
            ],
        },
        {"heading": Text("Subject of the award", "主要标的信息"), "table": _won(content)},
    ]
    if content.get("requirements"):
        said.append(
            {"heading": Text("Specification and service requirements", "规格型号、服务要求"), "table": _asked(content)}
        )
    said += [
        {"heading": Text("Evaluation committee", "评审专家名单"), "list": [_member(each) for each in content["experts"]]},
        {"heading": Text("Agency fee", "代理服务收费标准及金额"), "facts": agency_fee(content)},
        {
            "heading": Text("Notice period", "公告期限"),
            "facts": [
                (Text("Notice period ends", "公告期限至"), _day(content["notice_ends_on"])),
                (Text("Challenges until the end of", "质疑截止日期（含当日）"), _day(content["query_until_on"])),
            ],
        },
        {"heading": Text("Published with this notice", "随本公告一并公告"), "facts": attached(content)},
        contacts(content),
    ]  # fmt: skip
    return said


def agency_fee(content: Content) -> list[Fact]:
    """What the agency is paid for the procurement, by whom and by which standard."""
    fee = content.get("agency_fee")
    if not fee:
        return []
    return [
        (Text("Amount", "收费金额"), Money(Decimal(fee["amount"]), fee["currency"])),
        (
            Text("Standard", "收费标准"),
            Text("a fixed amount agreed in the agency agreement", "委托代理协议约定的固定金额"),
        ),
        (Text("Paid by", "支付方"), facts.PAYERS[fee["payer"]]),
    ]


def attached(content: Content) -> list[Fact]:
    """What is published with an award: the tender documents, and what the winner declared about its size (N46 13)."""
    documents, sme = content.get("documents"), content["sme"]
    found: list[Fact] = []
    if documents:
        number = documents["version"]
        found.append((Text("Tender documents", "招标文件"), Text(f"version {number}", f"第{number}版")))
        found.append((Text("Digest of the tender documents (SHA-256)", "招标文件摘要（SHA-256）"), documents["digest"]))
    if sme not in ("none", ""):
        found.append(
            (Text("Declaration of the winning bidder", "《中小企业声明函》等声明内容"), _declared(content, sme))
        )
    return found


def _declared(content: Content, sme: str) -> Text:
    """The declaration in the words of the letter's format (N46, annex 1)."""
    winner, kind, title = text_of(content["winner"]["name"]), SME_KINDS[sme], text_of(content["title"])
    law = laws.citation("N46")
    return Text(
        f"{winner.en} declares, under the {law.en}, that in the procurement “{title.en}” it takes part as: {kind.en}. It "
        "is liable for the truth of this declaration.",
        f"{winner.zh}郑重声明：根据{law.zh}的规定，参加“{title.zh}”采购活动，属于{kind.zh}；对上述声明内容的真实性负责，如有虚假，依法承担相应责任。",
    )


def _total(content: Content) -> str | None:
    return content["total"] if content["review_method"] == "comprehensive" else None


def _member(member: Content) -> Text:
    part = Text(" (buyer's representative)", "（采购人代表）") if member["representative"] else Text("", "")
    return Text(*(f"{member['name']}{words}" for words in part))


def _won(content: Content) -> Content:
    return {
        "head": [
            Text("Item", "标的名称"),
            Text("Brand", "品牌"),
            Text("Quantity", "数量"),
            Text("Unit", "单位"),
            Text("Unit price", "单价"),
        ],
        "rows": [
            [
                item["name"],
                item["brand"] or Text("none", "无"),
                item["quantity"],
                item["unit"],
                Money(Decimal(item["unit_price"]), content["currency"]) if item["unit_price"] else Text("none", "无"),
            ]
            for item in content["items"]
        ],
    }


def _asked(content: Content) -> Content:
    return {
        "head": [Text("Code", "编号"), Text("Requirement", "要求")],
        "rows": [[each["code"], text_of(each["text"])] for each in content["requirements"]],
    }


# -- the other notices


def _change(content: Content, _tender: Tender) -> list[Section]:
    return [
        {
            "heading": Text("Correction", "更正信息"),
            "facts": [
                (Text("Version of the documents", "招标文件版本"), str(content["version"])),
                (Text("Reasons", "更正理由"), content["reasons"]),
                (Text("Deadline before", "原投标截止时间"), _when(content["old_deadline_at"])),
                (Text("Deadline now", "现投标截止时间"), _when(content["new_deadline_at"])),
                (
                    Text("Bids submitted before", "此前提交的投标文件"),
                    Text("must be confirmed again", "须重新确认")
                    if content["affects_bids"]
                    else Text("remain valid", "继续有效"),
                ),
            ],
            "table": {
                "head": [Text("Place", "更正事项"), Text("Before", "更正前"), Text("Now", "更正后")],
                "rows": [
                    [places.place(at), places.value(each["old"], at), places.value(each["new"], at)]
                    for each in content["differences"]
                    for at in [each["place"]]
                ],
            },
        }
    ]


def _clarification(content: Content, _tender: Tender) -> list[Section]:
    said = [(Text("Enquiry", "询问"), content["question"]), (Text("Answer", "答复"), content["answer"])]
    if "stated" in content:  # what was answered before says nothing of it
        said.append((Text("Effect on the tender documents", "对招标文件的影响"), text_of(content["stated"])))
    return [{"heading": Text("Clarification", "澄清内容"), "facts": said}]


def _failure(content: Content, tender: Tender) -> list[Section]:
    articles = FAILURE_ARTICLES.get(content.get("reason", ""), "GPL 36")
    lot = next((lot for lot in tender.project.lots if lot.number == content["lot"]), None)
    return [
        {
            "heading": Text("Failed tender", "废标信息"),
            "facts": [
                (Text("Lot", "采购包"), _lot({"number": content["lot"], "name": lot.name if lot else ""})),
                (Text("Reason", "废标理由"), text_of(content["why"])),
                (LEGAL_BASIS, laws.citation(articles)),
            ],
        }
    ]


def _termination(content: Content, _tender: Tender) -> list[Section]:
    return [
        {
            "heading": Text("Termination", "终止信息"),
            "facts": [
                (Text("Reasons", "终止理由"), content["reasons"]),
                (Text("Bid bonds", "投标保证金"), Text("returned within 5 working days", "5个工作日内退还")),
                (LEGAL_BASIS, laws.citation("O87 29")),
            ],
        }
    ]


def _contract(content: Content, tender: Tender) -> list[Section]:
    """What a contract notice says; the contract's text itself is published beside it."""
    said: list[Section] = [
        {
            "heading": Text("The contract", "合同基本信息"),
            "facts": [
                (Text("Contract number", "合同编号"), content["number"]),
                (Text("Contract", "合同名称"), text_of(content["title"])),
                (Text("Project number", "项目编号"), tender.project.number),
                (Text("Project", "项目名称"), tender.project.title),
                (Text("Method", "采购方式"), methods.named(tender.method).name),
                (Text("Buyer (Party A)", "采购人（甲方）"), text_of(content["buyer"])),
                (Text("Supplier (Party B)", "供应商（乙方）"), text_of(content["supplier"])),
                (Text("Contract price", "合同金额"), Money(Decimal(content["price"]), content["currency"])),
                (Text("Performance period", "履约期限"), _period(content)),
                (Text("Signed on", "合同签订日期"), _day(content["signed_on"]) if content["signed_on"] else None),
                (
                    Text("Text of the contract", "合同文本"),
                    Text("published, except trade secrets that are named as such", "已公告，涉及商业秘密的内容除外")
                    if content["secret_clauses"]
                    else Text("published in full", "已全文公告"),
                ),
                (LEGAL_BASIS, laws.citation("IR 50")),
            ],
        }
    ]
    if content.get("items"):
        said.append({"heading": Text("Subject of the contract", "主要标的信息"), "table": _bought(content)})
    return said


def _period(content: Content) -> Text | None:
    return terms.performance(content["delivery_days"]) if "delivery_days" in content else None


def _bought(content: Content) -> Content:
    return {
        "head": [Text("Item", "标的名称"), Text("Quantity", "数量"), Text("Unit", "单位"), Text("Unit price", "单价")],
        "rows": [
            [each["name"], each["quantity"], each["unit"], each.get("unit_price") or Text("none", "无")]
            for each in content["items"]
        ],
    }


_SAID: dict[str, Callable[[Content, Tender], list[Section]]] = {
    "tender": _tender,
    "award": _award,
    "change": _change,
    "clarification": _clarification,
    "failure": _failure,
    "termination": _termination,
    "contract": _contract,
}


def _lot(lot: Content) -> Text:
    name = text_of(lot["name"])
    return Text(f"Lot {lot['number']}: {name.en}", f"采购包{lot['number']}：{name.zh}")


def _accepted(accepted: bool) -> Text:
    return Text("accepted", "接受") if accepted else Text("not accepted", "不接受")


def _day(iso: str) -> date:
    return date.fromisoformat(iso)


def _when(iso: str) -> Text:
    return dates.when(datetime.fromisoformat(iso))
