"""The forms of a tender: its timetable, its documents with their check, the questions about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.engine.acts import IntakeContext, Value
from app.foundation import clock, dates
from app.foundation.actor import Actor
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import projects, tenders
from app.procurement.projects import Project, ProjectState, intentions
from app.procurement.tenders import Tender, TenderState, TenderUnknown, places
from app.procurement.tenders.terms import OPTIONAL
from app.workflow import disclosing, drawing, facts, sealing, standings
from app.workflow.beside import Actable, Fact, beside
from app.workflow.declaring import ACTS, partners
from app.workflow.documents_form import as_values, documents_as_values, plain_number, read_documents
from app.workflow.values import PROJECT, QUESTION

# -- the timetable


@ACTS.act(
    "tenders.confirm_timetable",
    name=Text("Confirm the uncertain dates", "确认不确定日期"),
    form="confirm_timetable",
    needs=[PROJECT],
)
def _confirm_timetable(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    tenders.confirm_timetable(
        context.session,
        context.actor,
        project_id=context.variables["project_id"],
        bid_deadline_at=values["bid_deadline_at"],
        source=values["source"],
    )
    return {}


@ACTS.prepares("confirm_timetable")
def _prepare_timetable(context: IntakeContext) -> Mapping[str, Any]:
    project = projects.get(context.session, context.variables["project_id"])
    return {
        "values": {"bid_deadline_at": tenders.earliest_deadline(context.session, project)},
        "facts": [*facts.of_timetable(context.session, project.id), *facts.of_project(context.session, project)],
    }


# -- the documents


@ACTS.act(
    "tenders.prepare_documents",
    name=Text("Prepare the tender documents", "编制招标文件"),
    form="prepare_documents",
    needs=[PROJECT],
    states=[standings.project(ProjectState.ENTRUSTED), standings.tender(leaves=[TenderState.DRAFTING])],
)
def _prepare_documents(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    tenders.draft_documents(
        context.session, context.actor, project_id=context.variables["project_id"], **read_documents(values)
    )
    return {}


def preview_documents(
    session: Session, actor: Actor, project_id: str, values: Mapping[str, Any], language: str
) -> bytes:
    """The documents drawn as the form's values make them. Whoever asks takes the session back: nothing of it is kept."""
    tender = tenders.draft_documents(session, actor, project_id=project_id, **read_documents(values))
    return drawing.preview(session, tender, language)


@ACTS.prepares("prepare_documents")
def _prepare_drafting(context: IntakeContext) -> Mapping[str, Any]:
    project = projects.get(context.session, context.variables["project_id"])
    tender = _tender(context)
    if tender is None:
        made = tenders.template(context.session, project.id)
        values, shown = as_values(made.requirements, made.factors, made.terms), []
    else:
        values = documents_as_values(tender)
        shown = _found(context.session, tender)
        if tender.return_reasons:
            shown = [(Text("Returned by the buyer", "采购人退回意见"), facts.same(tender.return_reasons)), *shown]
    return {
        "values": values,
        "notes": shown,
        "facts": [
            *facts.of_project(context.session, project),
            *facts.of_plan(context.session, project),
            *facts.of_timetable(context.session, project.id),
        ],
        "documents": list(project.attachments),
    }


@beside
def _found(session: Session, tender: Tender) -> Iterable[Actable | Fact]:
    """What the check finds now; beside what may have been misread, the way to have it overridden."""
    found = tenders.preview(session, tender.project_id)
    marks = {reading.found: mark for mark, reading in tenders.readings(tender, found).items()}
    for finding, fact in zip(found, facts.of_findings(found), strict=True):
        mark = marks.get(finding)
        yield (fact[0], fact[1], OVERRIDE, f"tenders/{tender.id}/findings/{mark}") if mark else fact


OVERRIDE = Text("Misread? Request an override", "误报？申请认定")
"""The words of the way out where the check is wrong."""


def _tender(context: IntakeContext) -> Tender | None:
    try:
        return tenders.of_project(context.session, context.variables["project_id"])
    except TenderUnknown:
        return None


@ACTS.act(
    "tenders.confirm_documents",
    name=Text("Confirm the tender documents", "确认招标文件"),
    form="confirm_documents",
    needs=[PROJECT],
    gives=[
        Value("documents_decision", label=Text("Decision on the documents", "对招标文件的意见")),
        Value("notice_at", "datetime", label=Text("Day of the notice", "公告日期"), required=False),
    ],
    states=[
        standings.tender(
            TenderState.DRAFTING,
            TenderState.CHECKED,
            TenderState.CONFIRMED,
            leaves=[TenderState.DRAFTING, TenderState.CONFIRMED],
        )
    ],
)
def _confirm_documents(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    """Checked once more before it is confirmed: a draft that was faultless ages with its dates."""
    project_id, decision = context.variables["project_id"], values["decision"]
    if decision == "confirm":
        tenders.check(context.session, context.actor, project_id=project_id)
    tenders.confirm_documents(
        context.session,
        context.actor,
        project_id=project_id,
        decision=decision,
        reasons=values.get("reasons") or "",
    )
    project = projects.get(context.session, project_id)
    at = tenders.notice_at(context.session, project) if decision == "confirm" else None
    return {"documents_decision": decision, "notice_at": at.isoformat() if at else None}


@ACTS.act(
    "tenders.await_notice",
    name=Text("Wait for the day of the notice", "等待公告日期"),
    form="await_notice",
    needs=[PROJECT],
    gives=[Value("notice_decision", label=Text("Decision on the notice", "对公告的决定"))],
)
def _await_notice(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    """Publish a notice that waits for its day at once, as soon as its intention lets it, or take its documents back."""
    if values["decision"] == "publish":
        intentions.require_over(context.session, projects.get(context.session, context.variables["project_id"]))
    if values["decision"] == "return":
        tenders.confirm_documents(
            context.session,
            context.actor,
            project_id=context.variables["project_id"],
            decision="return",
            reasons=values.get("reasons") or "",
        )
    return {"notice_decision": values["decision"]}


@ACTS.prepares("await_notice")
def _prepare_waiting(context: IntakeContext) -> Mapping[str, Any]:
    tender = tenders.of_project(context.session, context.variables["project_id"])
    return {
        "facts": [*_notice_day(context.session, tender.project), *_shown_of(tender)],
        "documents": _documents_of(tender),
    }


@beside
def _notice_day(session: Session, project: Project) -> Iterable[Fact]:
    at = tenders.notice_at(session, project)
    if at is not None:
        on = dates.when(at)
        yield Text("Day of the notice", "公告日期"), Text(f"will be published on {on.en}", f"将于{on.zh}自动发布")
    earliest = intentions.earliest_notice(session, project)
    if earliest is not None:
        on = dates.day(earliest)
        words = Text(f"not before {on.en}, because of the procurement intention", f"因采购意向公开期限，不早于{on.zh}")
        yield Text("Earliest day of the notice", "公告最早日期"), words


@beside
def _shown_of(tender: Tender) -> list[Fact]:
    """What the documents say, for whoever decides about them."""
    return [*_terms(tender), *facts.of_lots(tender.project), *_parts(tender), *_attached(tender)]


def _documents_of(tender: Tender) -> list[str]:
    """The drawn documents, then what is attached to them."""
    drawn = [id for id in (tender.draft_zh_id, tender.draft_en_id) if id]
    return drawn + [row.document_id for row in tender.attachments]


@ACTS.prepares("confirm_documents")
def _prepare_confirmation(context: IntakeContext) -> Mapping[str, Any]:
    project_id = context.variables["project_id"]
    tender = tenders.of_project(context.session, project_id)
    found = facts.of_findings(tenders.preview(context.session, project_id))
    nothing = (Text("Check of the tender documents", "招标文件检查"), Text("no problems found", "未发现问题"))
    return {
        "notes": [*_wanted_day(context.session, tender.project), *found],
        "facts": [*([] if found else [nothing]), *_shown_of(tender)],
        "documents": _documents_of(tender),
    }


@beside
def _wanted_day(session: Session, project: Project) -> Iterable[Fact]:
    """The plan's day for the notice, where another is at hand: what confirming the documents comes to."""
    wanted, now = project.notice_on, dates.day(local_day(clock.now(session)))
    at = tenders.notice_at(session, project)
    lead = Text("Day of the notice", "公告日期")
    if at is not None:
        on = dates.when(at)
        yield (
            lead,
            Text(
                f"Once you confirm, the notice is published automatically on {on.en}, as planned. Until then you can "
                "publish it earlier or take the tender documents back.",
                f"确认后，公告将按采购实施计划于{on.zh}自动发布；在此之前，您可以提前发布或者撤回修改。",
            ),
        )
    elif wanted is not None and wanted < local_day(clock.now(session)):
        on = dates.day(wanted)
        yield (
            lead,
            Text(
                f"The notice was planned for {on.en}, which has passed. When you confirm, it is published today, {now.en}.",
                f"采购实施计划拟于{on.zh}发布公告，该日期已过。确认后将于今日（{now.zh}）发布。",
            ),
        )


@beside
def _terms(tender: Tender) -> Iterable[Fact]:
    at = tender.bid_deadline_at
    yield places.TERMS["bid_deadline_at"], dates.when(at) if at else Text("not set", "未设置")
    for name, unit in (
        ("bond_percent", Text("% of the lot's budget", "%（采购包预算）")),
        ("validity_days", Text(" days", "日")),
        ("sme_deduction_percent", Text("%", "%")),
        ("performance_bond_percent", Text("% of the contract", "%（合同金额）")),
        ("payment_days", Text(" days after the acceptance", "日（自验收合格之日起）")),
        ("delivery_days", Text(" days after signing", "日（合同签订后）")),
        ("committee_size", Text(" members", "人")),
    ):
        value = getattr(tender, name)
        if value is not None:
            yield places.TERMS[name], Text(*(f"{plain_number(value)}{words}" for words in unit))
    for name in OPTIONAL:
        if said := tender.terms.get(name):
            unit = Text(" minutes", "分钟") if name.endswith("minutes") else Text("%", "%")
            yield (
                places.TERMS[name],
                places.value(said)
                if isinstance(said, bool) or name == "delivery_place"
                else Text(*(f"{said}{words}" for words in unit)),
            )


@beside
def _parts(tender: Tender) -> Iterable[Fact]:
    """How many requirements each lot has, and what is scored; their words stand in the drawn documents."""
    for lot in tender.project.lots:
        requirements = [r for r in tender.requirements if r.lot_id == lot.id]
        starred = sum(r.starred for r in requirements)
        yield (
            Text(f"Requirements of lot {lot.number}", f"采购包{lot.number}采购需求"),
            Text(
                f"{len(requirements)}, {starred} of them mandatory",
                f"{len(requirements)}项，其中实质性要求{starred}项",
            ),
        )
        scored = [(f.name, plain_number(f.points)) for f in tender.factors if f.lot_id == lot.id]
        if scored:
            yield (
                Text(f"Scores of lot {lot.number}", f"采购包{lot.number}评分"),
                Text(
                    ", ".join(f"{name.en} {points}" for name, points in scored),
                    "、".join(f"{name.zh}{points}分" for name, points in scored),
                ),
            )


@beside
def _attached(tender: Tender) -> Iterable[Fact]:
    """What is attached, each with its file's digest; the files themselves lie among the documents to read."""
    for each in tenders.of_draft(tender):
        yield (
            Text(f"Attachment {each.number}", f"附件{each.number}"),
            Text(
                f"{each.title.en} ({each.what.en}): {each.document.name}, SHA-256 {each.document.digest}",
                f"{each.title.zh}（{each.what.zh}）：{each.document.name}，SHA-256 {each.document.digest}",
            ),
        )


# -- questions


@ACTS.act(
    "tenders.answer_question",
    name=Text("Answer the enquiry", "答复询问"),
    form="answer_question",
    needs=[PROJECT, QUESTION],
)
def _answer(context: IntakeContext, values: dict[str, Any]) -> Mapping[str, Any]:
    question = tenders.answer(
        context.session,
        context.actor,
        question_id=context.variables["question_id"],
        answer=values["answer"],
        effect=values.get("effect"),
    )
    tender = tenders.get(context.session, question.tender_id)
    drawing.notice(context.session, context.actor, tender.notices[-1], tender)
    disclosing.published(context.session, disclosing.Kind.CLARIFICATION, project_id=context.variables["project_id"])
    sealing.notice(context.session, context.actor, partners(context).authority, tender.notices[-1])
    return {}


def _correction(context: IntakeContext, tender: Tender) -> Iterable[Actable]:
    """The way to what an answer can't do, as long as it can be done."""
    if tenders.open_for_bids(tender, clock.now(context.session)):
        yield (
            Text("If the answer would change anything", "答复将改变招标文件的"),
            Text("Publish a correction first, then answer.", "请先发布更正，再作答复。"),
            Text("Correct the tender documents", "更正招标文件"),
            f"tenders/{tender.id}/change",
        )


@ACTS.prepares("answer_question")
def _prepare_answer(context: IntakeContext) -> Mapping[str, Any]:
    question = tenders.question(context.session, context.variables["question_id"])
    tender = tenders.get(context.session, question.tender_id)
    title = tender.project.title
    return {
        "facts": [
            (Text("Enquiry", "询问"), facts.same(question.text)),
            (Text("Received", "询问时间"), dates.when(question.asked_at)),
            (Text("Answer by", "答复期限"), facts.resting_on(dates.day(question.answer_due_on), "IR 52")),
            (Text("Tender", "招标项目"), Text(*(f"{tender.project.number} {words}" for words in title))),
            (
                places.TERMS["bid_deadline_at"],
                dates.when(tender.bid_deadline_at) if tender.bid_deadline_at else Text("", ""),
            ),
            *_correction(context, tender),
        ],
    }
