"""The history of a procurement in an office's words: who did what, for which lot and supplier, with which result.

Each form and each operation has its sentence here, each event and rule in its diagram (the properties ``told:en`` and
``told:zh``). What has none (an analyst's own form or event) is told by the name of its element.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.engine import sentences
from app.engine.records import HistoryRow
from app.foundation.actor import Actor
from app.foundation.text import Text, text_of
from app.identity.organisations import Organisation
from app.procurement.projects import Lot


@dataclass(frozen=True)
class Told:
    """How a step is told, and how with the results that may be known to all who see the case whole.

    ``result`` names the value that holds the result: a text as it is, anything else as ``yes`` or ``no``.
    """

    done: Text
    result: str = ""
    results: Mapping[str, Text] = field(default_factory=dict)


def details(session: Session, actor: Actor, doing: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What history keeps of a form or operation that was done: its result, its lot where there are several, its supplier."""
    told = FORMS.get(doing) or OPERATIONS.get(doing)
    if told is None:
        return {}
    found: dict[str, Any] = {"doing": doing}
    if told.result in values and (result := _said(values[told.result])) in told.results:
        found["result"] = result
    lot_id = values.get("lot_id")
    lot = session.get(Lot, lot_id) if isinstance(lot_id, str) else None
    if lot is not None and len(lot.project.lots) > 1:
        found["lot"] = lot.number
    place = session.get(Organisation, actor.organisation_id) if actor.organisation_id else None
    if place is not None and place.kind == "supplier":
        found["supplier"] = place.name.as_json()
    return found


def _said(value: Any) -> str:
    return value if isinstance(value, str) else "yes" if value else "no"


def sentence(row: HistoryRow, who: str | Text) -> Text | None:
    """A row of a history as an official would tell it; None: not at all."""
    kept = row.details or {}
    if "told" in kept:
        return text_of(kept["told"])
    doing = str(kept.get("doing"))
    if row.kind == "incident":
        return INCIDENT.filled(what=sentences.name_of(row))
    told = (FORMS.get(doing) or OPERATIONS.get(doing)) if row.kind == "completed" else None
    if told is None:
        return sentences.sentence(row, who)
    said = told.results.get(str(kept.get("result")), told.done).filled(who=_with_supplier(who, kept.get("supplier")))
    lot = kept.get("lot")
    return said if lot is None else Text("Lot %(lot)s: %(said)s", "采购包%(lot)s：%(said)s").filled(lot=lot, said=said)


def in_detail(row: HistoryRow, who: str | Text) -> Text | None:
    """The same for whoever looks after the platform: what stopped a step is told as the engine found it."""
    return sentences.sentence(row, who) if row.kind == "incident" else sentence(row, who)


def _with_supplier(who: str | Text, supplier: Any) -> str | Text:
    if not supplier or isinstance(who, Text):
        return who
    return Text("%(who)s of %(supplier)s", "%(supplier)s%(who)s").filled(who=who, supplier=text_of(supplier))


INCIDENT = Text(
    "“%(what)s” could not continue. An administrator has been asked to resolve this.",
    "“%(what)s”无法继续，已转系统管理员处理。",
)

FORMS: Mapping[str, Told] = {
    "apply": Told(Text("%(who)s applied for the project.", "%(who)s提交了项目申请。")),
    "review_application": Told(
        Text("%(who)s reviewed the application.", "%(who)s审核了项目申请。"),
        "decision",
        {
            "approve": Text("%(who)s approved the application.", "%(who)s审核通过了项目申请。"),
            "return": Text("%(who)s sent the application back.", "%(who)s退回了项目申请。"),
        },
    ),
    "file_application": Told(
        Text("%(who)s dealt with the filing of the application.", "%(who)s办理了项目申请备案。"),
        "decision",
        {
            "file": Text("%(who)s filed the application.", "%(who)s同意项目申请备案。"),
            "return": Text("%(who)s sent the application back.", "%(who)s退回了项目申请。"),
        },
    ),
    "plan": Told(Text("%(who)s drew up the procurement plan.", "%(who)s编制了采购实施计划。")),
    "confirm_method": Told(Text("%(who)s chose the procurement method.", "%(who)s确定了采购方式。")),
    "confirm_timetable": Told(Text("%(who)s confirmed the uncertain dates.", "%(who)s确认了不确定日期。")),
    "choose_agency": Told(
        Text(
            "%(who)s chose the procurement agency and sent it the agreement.",
            "%(who)s选择了采购代理机构并发送委托代理协议。",
        )
    ),
    "sign_agreement_agency": Told(
        Text("%(who)s answered the agency agreement.", "%(who)s答复了委托代理协议。"),
        "decision",
        {
            "sign": Text(
                "%(who)s signed the agency agreement for the agency.", "%(who)s代表采购代理机构签署了委托代理协议。"
            ),
            "decline": Text("%(who)s declined the agency agreement.", "%(who)s拒绝了委托。"),
        },
    ),
    "sign_agreement_buyer": Told(
        Text("%(who)s signed the agency agreement for the buyer.", "%(who)s代表采购人签署了委托代理协议。")
    ),
    "prepare_documents": Told(Text("%(who)s prepared the tender documents.", "%(who)s编制了招标文件。")),
    "confirm_documents": Told(
        Text("%(who)s decided on the tender documents.", "%(who)s对招标文件提出了意见。"),
        "decision",
        {
            "confirm": Text("%(who)s confirmed the tender documents.", "%(who)s确认了招标文件。"),
            "return": Text("%(who)s sent the tender documents back.", "%(who)s退回了招标文件。"),
        },
    ),
    "await_notice": Told(
        Text("%(who)s decided when to publish the tender notice.", "%(who)s决定了招标公告的发布。"),
        "decision",
        {
            "publish": Text("%(who)s ordered the tender notice to be published now.", "%(who)s决定立即发布招标公告。"),
            "return": Text("%(who)s took the tender documents back to correct them.", "%(who)s撤回招标文件进行修改。"),
        },
    ),
    "answer_question": Told(
        Text(
            "%(who)s answered an enquiry. The answer went to all suppliers.",
            "%(who)s答复了供应商的询问，并告知所有供应商。",
        )
    ),
    "answer_query": Told(
        Text("%(who)s answered a challenge.", "%(who)s答复了质疑。"),
        "outcome",
        {
            "dismissed": Text("%(who)s answered a challenge: not upheld.", "%(who)s答复了质疑：质疑不成立。"),
            "upheld_no_effect": Text(
                "%(who)s answered a challenge: upheld, the result is not affected.",
                "%(who)s答复了质疑：质疑成立，不影响中标结果。",
            ),
            "upheld": Text(
                "%(who)s answered a challenge: upheld, the result is or may be affected.",
                "%(who)s答复了质疑：质疑成立，影响或者可能影响中标结果。",
            ),
        },
    ),
    "decide_documents": Told(
        Text("%(who)s decided on faults of the tender documents.", "%(who)s对招标文件缺陷作出了处理。"),
        "decision",
        {
            "cured": Text(
                "%(who)s found that the tender documents are corrected.", "%(who)s确认招标文件缺陷已通过更正消除。"
            ),
            "start_over": Text(
                "%(who)s found that the tender documents are at fault: the lot fails.",
                "%(who)s认定招标文件缺陷未消除，采购包废标。",
            ),
        },
    ),
    "sign_opening_record": Told(Text("%(who)s signed the bid opening record.", "%(who)s签署了开标记录。")),
    "appoint_representative": Told(Text("%(who)s appointed the buyer's representative.", "%(who)s指派了采购人代表。")),
    "set_draw_criteria": Told(Text("%(who)s set the conditions of the draw.", "%(who)s确定了专家抽取条件。")),
    "answer_call": Told(Text("%(who)s answered the invitation to the committee.", "%(who)s答复了评审专家抽取通知。")),
    "review_qualification": Told(
        Text("%(who)s reviewed the qualifications of the bidders.", "%(who)s完成了资格审查。"),
        "enough_qualified",
        {
            "yes": Text(
                "%(who)s reviewed the qualifications: at least three bidders qualify.",
                "%(who)s完成了资格审查，合格投标人满三家。",
            ),
            "no": Text(
                "%(who)s reviewed the qualifications: fewer than three bidders qualify.",
                "%(who)s完成了资格审查，合格投标人不足三家。",
            ),
        },
    ),
    "review_conformity": Told(Text("%(who)s reviewed the compliance of the bids.", "%(who)s完成了符合性审查。")),
    "confirm_price": Told(Text("%(who)s answered the correction of the price.", "%(who)s答复了报价修正。")),
    "explain_price": Told(Text("%(who)s explained the price.", "%(who)s对报价合理性作出了说明。")),
    "decide_low_price": Told(Text("%(who)s decided on abnormally low prices.", "%(who)s提交了异常低价认定意见。")),
    "score_bids": Told(Text("%(who)s scored the bids.", "%(who)s完成了独立评分。")),
    "correct_scores": Told(Text("%(who)s checked the scores again.", "%(who)s复核了评分。")),
    "sign_report": Told(Text("%(who)s signed the evaluation report.", "%(who)s签署了评标报告。")),
    "confirm_winner": Told(Text("%(who)s confirmed the winning bidder.", "%(who)s确定了中标人。")),
    "return_bonds": Told(
        Text("%(who)s created the payment file that returns bid bonds.", "%(who)s生成了投标保证金退款文件。")
    ),
    "sign_contract_supplier": Told(Text("%(who)s signed the contract.", "%(who)s签署了合同。")),
    "sign_contract_buyer": Told(Text("%(who)s signed the contract for the buyer.", "%(who)s代表采购人签署了合同。")),
    "publish_contract": Told(Text("%(who)s published and filed the contract.", "%(who)s公告并备案了合同。")),
    "report_delivery": Told(Text("%(who)s reported the delivery.", "%(who)s提交了交付报告。")),
    "accept_delivery": Told(
        Text("%(who)s recorded the result of the acceptance.", "%(who)s提交了验收结果。"),
        "acceptance_decision",
        {
            "accepted": Text("%(who)s accepted the delivery.", "%(who)s提交了验收结论：合格。"),
            "rejected": Text("%(who)s did not accept the delivery.", "%(who)s提交了验收结论：不合格。"),
        },
    ),
    "request_payment": Told(Text("%(who)s applied for payment.", "%(who)s提交了资金支付申请。")),
    "check_payment": Told(
        Text("%(who)s checked the payment application.", "%(who)s审核了资金支付申请。"),
        "decision",
        {
            "pass": Text("%(who)s found the payment application in order.", "%(who)s审核通过了资金支付申请。"),
            "return": Text("%(who)s sent the payment application back.", "%(who)s退回了资金支付申请。"),
        },
    ),
    "approve_payment": Told(Text("%(who)s approved the payment.", "%(who)s批准了支付。")),
    "pay": Told(Text("%(who)s recorded the payment.", "%(who)s登记了支付。")),
}
"""How each form is told. No result is told that is secret while bids are evaluated (O87 65), or of one member alone."""

OPERATIONS: Mapping[str, Told] = {
    "tenders.draw_timetable": Told(
        Text("The timetable was drawn up.", "已拟定时间安排。"),
        "timetable_certain",
        {
            "no": Text(
                "The timetable was drawn up. Some dates are not certain yet.", "已拟定时间安排，部分日期尚不确定。"
            )
        },
    ),
    "tenders.check_documents": Told(
        Text("The tender documents were checked.", "已检查招标文件。"),
        "document_errors",
        {
            "no": Text("The tender documents were checked: no errors.", "已检查招标文件，未发现错误。"),
            "yes": Text("The tender documents were checked: there are errors.", "已检查招标文件，发现错误。"),
        },
    ),
    "tenders.publish": Told(
        Text("The tender notice and the tender documents were published.", "已发布招标公告和招标文件。")
    ),
    "tenders.fail_lot": Told(Text("The failed-tender notice was published.", "已发布废标公告。")),
    "queries.check_documents": Told(
        Text("Challenges of the tender documents were looked up before the opening.", "开标前已核实对招标文件的质疑。"),
        "at_fault",
        {
            "no": Text("No upheld challenge of the tender documents is open.", "经核实，招标文件无未处理的成立质疑。"),
            "yes": Text(
                "An upheld challenge of the tender documents is open, so no bid is opened yet.",
                "经核实，对招标文件的质疑成立且尚未处理，暂不开标。",
            ),
        },
    ),
    "queries.settle": Told(
        Text("The challenges were checked.", "已核实质疑处理情况。"),
        "outcome",
        {
            "wait": Text("A challenge is not answered yet, so the award waits.", "尚有未答复的质疑，暂不签订合同。"),
            "conclude": Text(
                "The challenges were checked: the result is upheld.", "已核实质疑处理情况，维持中标结果。"
            ),
            "decide": Text(
                "The challenges were checked: the buyer decides again.", "已核实质疑处理情况，由采购人另行确定中标人。"
            ),
            "fail": Text(
                "The challenges were checked: the procurement starts again.",
                "已核实质疑处理情况，应当重新开展采购活动。",
            ),
        },
    ),
    "bids.open": Told(
        Text("The bid opening was held.", "已办理开标。"),
        "enough",
        {
            "yes": Text("The bids were opened.", "已开启投标文件。"),
            "no": Text("Fewer than three suppliers bid, so no bid was opened.", "投标人不足三家，未开标。"),
        },
    ),
    "bonds.return_winner": Told(
        Text("The winning bidder's bid bond was scheduled for return.", "中标人投标保证金已进入退还程序。")
    ),
    "experts.draw": Told(Text("Review experts were drawn and invited.", "已随机抽取评审专家并发出通知。")),
    "experts.seat": Told(
        Text("The answers to the invitations were counted.", "已统计评审专家的答复。"),
        "missing",
        {
            "no": Text("The evaluation committee was formed.", "已组成评标委员会。"),
            "yes": Text("Members of the evaluation committee are still missing.", "评标委员会成员尚未到齐。"),
        },
    ),
    "evaluation.correct_prices": Told(Text("The bid prices were checked for corrections.", "已核对并修正投标报价。")),
    "evaluation.settle_conformity": Told(
        Text("The results of the compliance review were compiled.", "已汇总符合性审查结果。")
    ),
    "evaluation.check_low_prices": Told(
        Text("The bid prices were checked for abnormally low ones.", "已检查异常低价。")
    ),
    "evaluation.total": Told(Text("The scores were totalled.", "已汇总得分。")),
    "evaluation.deliver_report": Told(
        Text("The evaluation report was delivered to the buyer.", "评标报告已送交采购人。")
    ),
    "awards.confirm_by_default": Told(
        Text(
            "The buyer did not decide in time, so the first candidate became the winning bidder.",
            "采购人逾期未确定，第一中标候选人确定为中标人。",
        )
    ),
    "awards.publish": Told(
        Text("The award notice was published and every bidder was told.", "已发布中标公告并通知全体投标人。")
    ),
    "contracts.draft": Told(Text("The contract was drafted.", "已生成合同文本。")),
    "payments.note_overdue": Told(Text("It was noted that the acceptance is overdue.", "已记录验收逾期。")),
    "payments.mark_overdue": Told(Text("Late payment interest was recorded.", "已记录逾期利息。")),
    "projects.close": Told(
        Text("The project was closed.", "项目已结项。"),
        "outcome",
        {
            "another_procedure": Text(
                "The project was closed here: another procedure applies.", "项目适用其他采购方式，本流程已结项。"
            )
        },
    ),
}
"""How each operation is told: what the platform did by itself, for the office."""
