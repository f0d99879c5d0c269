"""What acts need and give: each variable of a case by one name, with its type and its words in both languages."""

from __future__ import annotations

from app.engine.acts import Value
from app.foundation.text import Text
from app.procurement.rules import methods

PROJECT = Value("project_id", label=Text("Project", "项目"))
LOT = Value("lot_id", label=Text("Lot", "采购包"))
LOTS = Value("lot_ids", "list", label=Text("Lots", "采购包"))
TENDER = Value("tender_id", label=Text("Tender", "招标"))
AWARD = Value("award_id", label=Text("Award", "中标结果"))
CONTRACT = Value("contract_id", label=Text("Contract", "合同"))
INVOICE = Value("invoice_id", label=Text("Payment application", "资金支付申请"))
QUESTION = Value("question_id", label=Text("Enquiry", "询问"))
QUERY = Value("query_id", label=Text("Challenge", "质疑"))
SUSPECT = Value("suspect", "context", label=Text("Bid with an abnormally low price", "异常低价投标"))
CORRECTION = Value("correction", "context", label=Text("Corrected price", "已修正的报价"))

BUYER = Value("buyer_id", label=Text("Buyer", "采购人"))
FINANCE = Value("finance_id", label=Text("Finance department", "财政部门"))
AGENCY = Value("agency_id", label=Text("Procurement agency", "采购代理机构"))
NUMBER = Value("project_number", label=Text("Project number", "项目编号"))
OBJECT = Value("object", label=Text("Object", "采购对象"))
BUDGET = Value("budget", "number", label=Text("Budget", "预算金额"))
GROUNDS = Value("grounds", label=Text("Grounds for another method", "适用其他采购方式的情形"))
PROCUREMENT_LIMIT = Value(
    "procurement_limit", "number", label=Text("Government procurement from", "分散采购限额标准"), required=False
)
THRESHOLD = Value(
    methods.main().threshold, "number", label=Text("Approval of another method from", "其他采购方式须报批的数额标准")
)
"""The main method's threshold, by its own rule's name."""
IN_CATALOGUE = Value(
    "in_catalogue", "boolean", label=Text("In the centralised catalogue", "属于集中采购目录"), required=False
)
METHOD = Value("method", label=Text("Procurement method", "采购方式"))
METHOD_PROPOSAL = Value("method_proposal", "context", label=Text("Proposed method", "建议的采购方式"))

FAILURE_REASON = Value("failure_reason", label=Text("Why the lot fails", "废标理由"), required=False)
DECISION_DUE_AT = Value("decision_due_at", "datetime", label=Text("Decision due", "定标截止时间"))
BONDS_DUE_AT = Value(
    "bonds_due_at", "datetime", label=Text("Bid bonds to return by", "投标保证金退还期限"), required=False
)
"""Until when the first of a lot's bonds that are scheduled for refund must be returned; null when none waits."""
