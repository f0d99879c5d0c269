"""One tender of 65 elements and a merge, drawn twice: in our dialect, and as SpiffWorkflow alone executes it.

53 elements, six in an event sub-process, five in a called process; a decision, four parallel and two inclusive gateways,
an event gateway, four timers, multi-instance over five bids and over three experts; 22 user tasks in one run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

BIDS = 5
ANSWERS: dict[str, dict[str, Any]] = {
    "draft_plan": {"tender_no": "T-1", "est_value": 100000, "kind": "goods"},
    "draft_docs": {"docs": ["a", "b"]},
    "legal_review": {"legal": "ok"},
    "budget_check": {"budget": "ok"},
    "approve_docs": {"approved": True, "deadline": "PT0S", "standstill": "PT0S"},
    "admin_check": {"admin_result": {"ok": True}},
    "q_score": {"marks": [5] * BIDS},
    "eval_report": {"report": "r"},
    "approve_award": {"award_ok": True, "want_debrief": True},
    "contract_draft": {"contract": "c"},
}
"""What the person at each user task enters."""

DECISION = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="rules" namespace="http://example.com/rules">
<decision id="procedure_rules" name="Procedure"><decisionTable id="dt" hitPolicy="UNIQUE">
<input id="i1"><inputExpression id="ie1" typeRef="number"><text>est_value</text></inputExpression></input>
<input id="i2"><inputExpression id="ie2" typeRef="string"><text>kind</text></inputExpression></input>
<output id="o1" name="procedure" typeRef="string"/>
<rule id="r1"><inputEntry id="e11"><text>&lt; 5000</text></inputEntry><inputEntry id="e12"><text></text></inputEntry>
<outputEntry id="o11"><text>"direct"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="e21"><text>&gt;= 5000</text></inputEntry><inputEntry id="e22"><text>"goods"</text></inputEntry>
<outputEntry id="o21"><text>"open"</text></outputEntry></rule>
<rule id="r3"><inputEntry id="e31"><text>&gt;= 5000</text></inputEntry><inputEntry id="e32"><text>"works"</text></inputEntry>
<outputEntry id="o31"><text>"open_works"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="defs" targetNamespace="http://example.com/b">'
)
_MESSAGES = ("m_amend", "m_withdraw", "m_signed", "m_complaint")


@dataclass(frozen=True)
class Part:
    """An element: ``what`` depends on its kind (operation and result, timer, message, list and item, script)."""

    kind: str
    id: str
    what: tuple[str, ...] = ()
    default: str = ""
    host: str = ""
    interrupting: bool = True


def _parts() -> list[Part]:
    user = [Part("userTask", name) for name in (
        "draft_plan", "direct_award", "draft_docs", "legal_review", "budget_check", "approve_docs", "amend_docs",
        "record_withdraw", "declare_failed", "eval_report", "sign_chair", "sign_member", "approve_award", "contract_draft",
        "next_bidder", "debrief",
    )]  # fmt: skip
    service = [Part("serviceTask", name, (operation, result)) for name, operation, result in (
        ("remind_approver", "mail/remind", "reminded"), ("publish", "portal/publish", "publication"), ("notify", "mail/notify", "notified"),
        ("open_bids", "vault/open", "bids"), ("notify_results", "mail/results", "results_sent"), ("publish_award", "portal/award", "award_pub"),
        ("release_security", "bank/release", "sec"), ("archive", "dms/archive", "arch"),
    )]  # fmt: skip
    gateway = [
        Part("exclusiveGateway", "gw_proc", default="gw_again"), Part("exclusiveGateway", "gw_again"), Part("parallelGateway", "gw_prep_split"),
        Part("parallelGateway", "gw_prep_join"), Part("exclusiveGateway", "gw_appr", default="publish"),
        Part("eventBasedGateway", "gw_wait"), Part("exclusiveGateway", "gw_bids", default="prep_eval"),
        Part("parallelGateway", "gw_sig_split"), Part("parallelGateway", "gw_sig_join"),
        Part("exclusiveGateway", "gw_award", default="notify_results"),
        Part("inclusiveGateway", "gw_post_split", default="archive"), Part("inclusiveGateway", "gw_post_join"),
    ]  # fmt: skip
    event = [
        Part("startEvent", "start"), *(Part("endEvent", f"end{name}") for name in ("", "_direct", "_remind", "_failed")),
        Part("endEvent", "end_withdrawn", ("terminate",)), Part("boundaryEvent", "appr_remind", ("timer", '"P2D"'), host="approve_docs", interrupting=False),
        Part("intermediateCatchEvent", "deadline_at", ("timer", "deadline")), Part("intermediateCatchEvent", "amend_msg", ("message", "m_amend")),
        Part("intermediateCatchEvent", "withdraw_msg", ("message", "m_withdraw")), Part("intermediateCatchEvent", "standstill_over", ("timer", "standstill")),
        Part("receiveTask", "recv_signed", ("message", "m_signed")), Part("boundaryEvent", "sign_timeout", ("timer", '"P30D"'), host="recv_signed"),
    ]  # fmt: skip
    other = [
        Part("businessRuleTask", "classify", ("procedure_rules", "procedure")),
        Part("scriptTask", "prep_eval", ('experts = [{"id": i, "name": "expert"} for i in range(3)]', "for i in 1..3 return {id: i, name: \"expert\"}", "experts")),
        Part("userTask", "admin_check", ("bids", "bid", "admin_results", "admin_result")),
        Part("callActivity", "evaluate", ("experts", "expert", "scores", "score", "evaluation")),
        Part("scriptTask", "rank", ("winner = max(range(len(bids)), key=lambda i: sum(s[i] for s in scores))", "index of(for i in 1..count(bids) return sum(for s in scores return s[i]), max(for i in 1..count(bids) return sum(for s in scores return s[i])))[1]", "winner")),
    ]  # fmt: skip
    return [*event, *user, *service, *gateway, *other]


_WAYS = (
    "start draft_plan classify gw_proc; direct_award end_direct; gw_proc gw_again gw_prep_split; gw_prep_split draft_docs legal_review gw_prep_join; "
    "gw_prep_split budget_check gw_prep_join approve_docs gw_appr publish notify gw_wait; appr_remind remind_approver end_remind; "
    "gw_wait deadline_at open_bids gw_bids; gw_wait amend_msg amend_docs publish; gw_wait withdraw_msg record_withdraw end_withdrawn; "
    "declare_failed end_failed; gw_bids prep_eval admin_check evaluate rank eval_report gw_sig_split; gw_sig_split sign_chair gw_sig_join; "
    "gw_sig_split sign_member gw_sig_join approve_award gw_award notify_results standstill_over contract_draft recv_signed publish_award "
    "gw_post_split archive gw_post_join; sign_timeout next_bidder notify_results; release_security gw_post_join; debrief gw_post_join end"
)
_CHOICES = (
    ("gw_proc", "direct_award", "procedure == 'direct'", 'procedure = "direct"'),
    ("gw_appr", "gw_again", "not approved", "not(approved)"),
    ("gw_bids", "declare_failed", "len(bids) == 0", "count(bids) = 0"),
    ("gw_award", "prep_eval", "not award_ok", "not(award_ok)"),
    ("gw_post_split", "release_security", "True", "true"),
    ("gw_post_split", "debrief", "want_debrief", "want_debrief"),
)


def ours() -> dict[str, bytes]:
    """The tender in our dialect, as files of one deployment."""
    return _files(_Ours())


def bare() -> dict[str, bytes]:
    """The tender in SpiffWorkflow's own extension, with Python expressions."""
    return _files(_Bare())


def _files(writer: _Writer) -> dict[str, bytes]:
    complaint = (
        '<bpmn:subProcess id="complaint_sub" triggeredByEvent="true">'
        + "".join(writer.element(part) for part in (
            Part("startEvent", "c_start", ("message", "m_complaint")), Part("userTask", "c_review"), Part("exclusiveGateway", "c_gw", default="c_end"),
            Part("serviceTask", "c_suspend", ("portal/suspend", "susp")), Part("userTask", "c_decide"), Part("endEvent", "c_end"),
        ))
        + "".join(writer.flow(a, b) for a, b in (("c_start", "c_review"), ("c_review", "c_gw"), ("c_suspend", "c_decide"), ("c_decide", "c_end"), ("c_gw", "c_end")))
        + writer.flow("c_gw", "c_suspend", ("admissible", "admissible")) + "</bpmn:subProcess>"
    )  # fmt: skip
    pairs = dict.fromkeys(pair for way in _WAYS.split(";") for pair in pairwise(way.split()))
    body = [writer.element(part) for part in _parts()] + [writer.flow(a, b) for a, b in pairs]
    body += [writer.flow(source, target, (python, feel)) for source, target, python, feel in _CHOICES]
    called = [Part("startEvent", "q_start"), Part("userTask", "q_declare"), Part("userTask", "q_score"),
              Part("scriptTask", "q_calc", ("score = [int(x) for x in marks]", "for x in marks return x", "score")), Part("endEvent", "q_end")]  # fmt: skip
    inner = [writer.element(part) for part in called] + [writer.flow(a.id, b.id) for a, b in pairwise(called)]
    main = f'<bpmn:process id="tender" isExecutable="true">{"".join(body)}{complaint}</bpmn:process>'
    return {
        "tender.bpmn": f"{_HEAD}{writer.messages()}{main}</bpmn:definitions>".encode(),
        "evaluation.bpmn": f'{_HEAD}<bpmn:process id="evaluation" isExecutable="true">{"".join(inner)}</bpmn:process></bpmn:definitions>'.encode(),
        "procedure.dmn": DECISION.encode(),
    }  # fmt: skip


class _Writer(ABC):
    """What both drawings have in common."""

    def element(self, part: Part) -> str:
        attributes = f' default="{part.id}_to_{part.default}"' if part.default else ""
        if part.host:
            attributes += f' attachedToRef="{part.host}" cancelActivity="{str(part.interrupting).lower()}"'
        if part.kind == "receiveTask":
            attributes += f' messageRef="{part.what[1]}"'
        extensions, content = self.filled(part)
        held = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
        return f'<bpmn:{part.kind} id="{part.id}"{attributes}{self.attributes(part)}>{held}{content}</bpmn:{part.kind}>'

    def attributes(self, _part: Part) -> str:
        return ""

    @abstractmethod
    def filled(self, part: Part) -> tuple[str, str]:
        """Extension elements and content."""

    def event(self, part: Part) -> str:
        if part.kind == "receiveTask":
            return ""  # it refers to its message by an attribute
        match part.what:
            case ("timer", value):
                return f"<bpmn:timerEventDefinition><bpmn:timeDuration>{self.timer(value)}</bpmn:timeDuration></bpmn:timerEventDefinition>"
            case ("message", name):
                return f'<bpmn:messageEventDefinition id="def_{part.id}" messageRef="{name}" />'
            case ("terminate",):
                return "<bpmn:terminateEventDefinition />"
        return ""

    def timer(self, value: str) -> str:
        return escape(value)

    @abstractmethod
    def condition(self, python: str, feel: str) -> str:
        """The condition of a flow, which both languages are given for."""

    def flow(self, source: str, target: str, condition: tuple[str, str] | None = None) -> str:
        inner = ""
        if condition is not None:
            text = escape(self.condition(*condition))
            inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{text}</bpmn:conditionExpression>'
        return f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'

    def messages(self) -> str:
        return "".join(f'<bpmn:message id="{name}" name="{name}" />' for name in _MESSAGES)


class _Ours(_Writer):
    def condition(self, _python: str, feel: str) -> str:
        return f"={feel}"

    def timer(self, value: str) -> str:
        return escape(f"={value}")

    def messages(self) -> str:
        key = '<bpmn:extensionElements><zeebe:subscription correlationKey="T-1" /></bpmn:extensionElements>'
        return "".join(f'<bpmn:message id="{name}" name="{name}">{key}</bpmn:message>' for name in _MESSAGES)

    def filled(self, part: Part) -> tuple[str, str]:
        match part.kind, part.what:
            case "userTask", ():
                return self._user(), ""
            case "userTask", (collection, item, out, result):
                return self._user() + self._local(result), self._many(collection, item, out, result)
            case "callActivity", (collection, item, out, result, process):
                called = f'<zeebe:calledElement processId="{process}" />'
                return called + self._local(result), self._many(collection, item, out, result)
            case "serviceTask", (operation, result):
                return f'<zeebe:taskDefinition type="{operation}" retries="1" />', ""
            case "businessRuleTask", (decision, result):
                return f'<zeebe:calledDecision decisionId="{decision}" resultVariable="{result}" />', ""
            case "scriptTask", (_, feel, result):
                return f'<zeebe:script expression="={escape(feel)}" resultVariable="{result}" />', ""
        return "", self.event(part)

    def _user(self) -> str:
        return '<zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="clerk" />'

    def _local(self, result: str) -> str:
        return f'<zeebe:ioMapping><zeebe:input source="=null" target="{result}" /></zeebe:ioMapping>'

    def _many(self, collection: str, item: str, out: str, result: str) -> str:
        return (
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
            f'<zeebe:loopCharacteristics inputCollection="={collection}" inputElement="{item}" outputCollection="{out}" '
            f'outputElement="={result}" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
        )


class _Bare(_Writer):
    def condition(self, python: str, _feel: str) -> str:
        return python

    def attributes(self, part: Part) -> str:
        return f' calledElement="{part.what[4]}"' if part.kind == "callActivity" else ""

    def filled(self, part: Part) -> tuple[str, str]:
        match part.kind, part.what:
            case ("userTask", (collection, item, out, result)) | ("callActivity", (collection, item, out, result, _)):
                return "", (
                    f'<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>'
                    f'<bpmn:loopDataOutputRef>{out}</bpmn:loopDataOutputRef><bpmn:inputDataItem id="{item}" name="{item}" />'
                    f'<bpmn:outputDataItem id="{result}" name="{result}" /></bpmn:multiInstanceLoopCharacteristics>'
                )
            case "serviceTask", (operation, result):
                return (
                    f'<spiffworkflow:serviceTaskOperator id="{operation}" resultVariable="{result}"><spiffworkflow:parameters>'
                    '<spiffworkflow:parameter id="tender" type="any" value="tender_no" /></spiffworkflow:parameters>'
                    "</spiffworkflow:serviceTaskOperator>"
                ), ""
            case "businessRuleTask", (decision, _):
                return f"<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId>", ""
            case "scriptTask", (python, *_):
                return "", f"<bpmn:script>{escape(python)}</bpmn:script>"
        return "", self.event(part)
