"""One content for each paper, as the acts give it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.foundation.money import Money
from app.foundation.text import Text
from app.procurement.rules import laws

PROJECT = {"title": Text("Ultrasound devices", "超声诊断设备采购"), "number": "JC-2026-00001"}
LOT = Text("Lot 1: Ultrasound", "采购包1：超声设备")
HOSPITAL = Text("First People's Hospital", "江城市第一人民医院")
AGENCY = Text("Jiangcheng Procurement Agency", "江城公共采购代理有限公司")
SUPPLIER = Text("Jianyuan Medical", "健源医疗器械有限公司")
DAY = date(2026, 4, 2)
NOON = datetime(2026, 4, 2, 4, 0, tzinfo=UTC)
PRICE = Money(Decimal("565000.50"))
SIGNED = {"party": HOSPITAL, "name": "李明", "signed_at": NOON, "digest": "ab" * 32}
CONTRACT = {"title": Text("Contract", "超声诊断设备采购合同"), "number": "HT-2026-00001", "price": PRICE}

PARTY = {"name": HOSPITAL, "uscc": "12510700000000000A", "address": "江城市人民路1号", "contact": "李明 0816-1234567"}

CONTENTS: dict[str, dict[str, Any]] = {
    "notice": {
        "title": Text("Award: Ultrasound", "超声诊断设备采购中标公告"),
        "number": "JC-2026-00001",
        "sections": [
            {
                "heading": Text("Result", "中标信息"),
                "facts": [(Text("Winning bidder", "中标人"), SUPPLIER), ("价", PRICE)],
            },
            {"table": {"head": ["名称", "数量"], "rows": [["超声诊断设备", Decimal(2)]]}, "text": "第一行\n第二行"},
        ],
        "issuer": AGENCY,
    },
    "agreement": {
        "project": {**PROJECT, "budget": PRICE},
        "buyer": HOSPITAL,
        "agency": AGENCY,
        "scope": "公开招标全过程",
        "powers": [Text("publish notices", "发布公告")],
        "term_until": date(2026, 12, 31),
        "fee": Money(Decimal(8000)),
        "fee_payer": Text("the winner", "中标人"),
        "signatures": [SIGNED],
    },
    "receipt": {
        "supplier": SUPPLIER,
        "project": PROJECT,
        "lot": LOT,
        "received_at": NOON,
        "deadline_at": NOON,
        "digest": "cd" * 32,
        "size": 1234567,
        "document_version": 2,
        "issuer": AGENCY,
    },
    "opening_record": {
        "project": PROJECT,
        "lot": LOT,
        "opened_at": NOON,
        "bid_count": 3,
        "enough": True,
        "rows": [
            {
                "supplier": SUPPLIER,
                "seal": Text("intact", "完好"),
                "bond": Text("received", "已到账"),
                "price": PRICE,
                "delivery_days": 30,
                "validity_days": 90,
            }
        ],
        "place": Text("this service, online", "本平台（网上开标）"),
        "host": "李明",
        "objections": [{"supplier": SUPPLIER, "text": "对开标程序有异议", "answer": "当场答复"}],
        "signatures": [SIGNED],
        "issuer": AGENCY,
    },
    "registration_certificate": {
        "number": "S-2026-00001",
        "supplier": SUPPLIER,
        "uscc": "91510700MA62400012",
        "legal_representative": "王芳",
        "valid_until": date(2029, 4, 2),
        "issuer": "江城市公共采购平台办公室",
    },
    "evaluation_report": {
        "project": PROJECT,
        "lot": LOT,
        "review_method": Text("comprehensive scoring", "综合评分法"),
        "bidders": [SUPPLIER],
        "committee": [{"name": "赵专家", "role": Text("expert", "评审专家")}],
        "factors": [{"code": "F1", "name": "价格", "points": Decimal(40), "standard": "低价优先法"}],
        "reviews": [{"supplier": "供应商2", "stage": "资格审查", "result": "不通过", "reasons": "许可证过期"}],
        "ranking": [{"rank": 1, "supplier": SUPPLIER, "price": PRICE, "evaluated_price": PRICE, "score": "93.50"}],
        "scores": {"head": ["价格"], "rows": [{"supplier": SUPPLIER, "points": ["40"]}]},
        "member_scores": [
            {
                "member": "赵专家",
                "head": [Text("Training", "培训")],
                "rows": [{"supplier": SUPPLIER, "points": ["18"]}],
            }
        ],
        "opened": [{"supplier": SUPPLIER, "price": PRICE, "delivery_days": 30, "validity_days": 90}],
        "checks": [
            {
                "supplier": SUPPLIER,
                "stage": Text("Qualification", "资格审查"),
                "requirement": "Q1 许可证",
                "result": Text("met", "符合"),
            }
        ],
        "notes": [Text("Deduction 10%", "价格扣除10%")],
        "candidates": [SUPPLIER],
        "dissents": [{"member": "赵专家", "text": "保留意见"}],
        "signatures": [SIGNED],
        "issuer": AGENCY,
    },
    "award_letter": {
        "kind": "winner",
        "supplier": SUPPLIER,
        "project": PROJECT,
        "lot": LOT,
        "received_at": NOON,
        "price": PRICE,
        "contract_due_on": date(2026, 5, 2),
        "issuer": AGENCY,
    },
    "contract": {
        **CONTRACT,
        "project": PROJECT,
        "lot": LOT,
        "buyer": PARTY,
        "supplier": {**PARTY, "name": SUPPLIER},
        "clauses": [
            {
                "key": "items",
                "heading": Text("What is bought", "合同标的"),
                "items": [
                    {
                        "position": 1,
                        "name": "超声诊断设备",
                        "quantity": Decimal(2),
                        "unit": "台",
                        "unit_price": Money(Decimal("282500.25")),
                        "amount": PRICE,
                    }
                ],
                "price": PRICE,
            },
            {
                "key": "requirements",
                "heading": Text("Quality", "质量要求"),
                "requirements": [
                    {
                        "code": "T1",
                        "requirement": "阵元数不少于128",
                        "response": "192",
                        "starred": True,
                        "deviation": "优于",
                    }
                ],
            },
            {"key": "secret", "heading": Text("Source code", "源代码"), "redacted": True, "reason": "商业秘密"},
        ],
    },
    "amendment": {
        "title": Text("Supplementary agreement 1", "补充协议（1）"),
        "number": "HT-2026-00001-1",
        "contract": CONTRACT,
        "buyer": HOSPITAL,
        "supplier": SUPPLIER,
        "reasons": "床位增加",
        "items": [
            {
                "position": 1,
                "name": "超声诊断设备",
                "quantity": "0.1",
                "unit": "台",
                "unit_price": Money(Decimal("282500.25")),
                "amount": Money(Decimal("28250.03")),
            }
        ],
        "amount": Money(Decimal("28250.03")),
        "total": Money(Decimal("593250.53")),
    },
    "acceptance_sheet": {
        "number": "YS-2026-00001",
        "contract": CONTRACT,
        "buyer": HOSPITAL,
        "supplier": SUPPLIER,
        "delivered_on": DAY,
        "rows": [{"code": "T1", "requirement": "阵元数", "response": "192", "met": True, "evidence": "现场测试"}],
        "members": [
            {
                "name": "孙专家",
                "organisation": "江城大学",
                "role": Text("expert", "专家"),
                "opinion": Text("does not agree", "不同意验收结论"),
                "reasons": "噪声未测",
            }
        ],
        "reported_by": "明建国",
        "reported_at": NOON,
        "accepted": True,
        "accepted_by": "周敏",
        "accepted_at": NOON,
        "rating": Text("Good", "良好"),
    },
    "payment_request": {
        "number": "ZF-2026-00001",
        "contract": CONTRACT,
        "buyer": HOSPITAL,
        "supplier": SUPPLIER,
        "invoice_number": "25512000000000000001",
        "invoiced_on": DAY,
        "amount": PRICE,
        "account": "工商银行江城支行 6222000000000000",
        "due_on": date(2026, 5, 2),
    },
    "price_confirmation": {
        "number": "TW1-1",
        "project": PROJECT,
        "lot": LOT,
        "buyer": HOSPITAL,
        "supplier": SUPPLIER,
        "read": PRICE,
        "price": Money(Decimal(600000)),
        "corrections": Text("The unit prices count.", "以单价金额计算结果为准。"),
        "rows": [
            {
                "item": "超声诊断设备",
                "quantity": "2 台",
                "read": Money(Decimal(300000)),
                "price": Money(Decimal(300000)),
                "amount": Money(Decimal(600000)),
            }
        ],
        "confirmed_at": NOON,
    },
    "bond_return_list": {
        "number": "TW1",
        "project": PROJECT,
        "lot": LOT,
        "rows": [
            {
                "supplier": SUPPLIER,
                "reference": "RF18ABCD",
                "holder": "健源医疗器械有限公司",
                "account": "6222",
                "bank": "ICBKCNBJ",
                "amount": Money(Decimal(12000)),
                "interest": Money(Decimal("1.20")),
                "total": Money(Decimal("12001.20")),
            }
        ],
        "total": Money(Decimal("12001.20")),
        "issuer": AGENCY,
    },
    "penalty_decision": {
        "number": "WG-2026-00001",
        "party": {
            "name": SUPPLIER,
            "uscc": "91510700MA62400012",
            "address": "江城市建设路8号",
            "legal_representative": "王芳",
        },
        "breach": Text("false material to win an award", "提供虚假材料谋取中标、成交"),
        "facts": "投标文件所附检测报告系伪造。",
        "evidence": "检测机构复函.pdf",
        "heard": Text("The party was told on 1 March 2026.", "本机关于2026年3月1日告知当事人。"),
        "reasons": "事实清楚，证据确凿。",
        "law": laws.citation("GPL 77, IR 74"),
        "decision": [Text("Excluded for one year.", "一年内禁止参加政府采购活动。")],
        "performance": Text("From the day of this decision.", "自作出之日起执行。"),
        "issuer": Text("Jiangcheng Finance Bureau", "江城市财政局"),
    },
}
CONTENTS = {name: {"dated_on": DAY, **content} for name, content in CONTENTS.items()}
