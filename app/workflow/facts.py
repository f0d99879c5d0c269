"""What a person needs to see beside a form to decide: pairs of Texts, made from the domain's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.foundation import clock, dates
from app.foundation.money import in_figures
from app.foundation.text import Text, text_of
from app.foundation.workdays import last_second_of, local_day
from app.identity import accounts, organisations
from app.identity.accounts import AccountUnknown
from app.procurement import agreements, projects, rules, tenders
from app.procurement.projects import Project, intentions
from app.procurement.rules import laws
from app.procurement.tenders import Finding, Overridden, Override, places
from app.procurement.tenders.checks import Found
from app.workflow import catalogues
from app.workflow.beside import Fact, beside

SEVERITIES = {
    "error": Text("Error", "错误"),
    "warning": Text("Please check", "提示"),
    "uncertain": Text("Uncertain", "待定"),
    "overridden": Text("Overridden", "已认定误报"),
}
REVIEW_METHODS = {
    "comprehensive": Text("Comprehensive scoring", "综合评分法"),
    "lowest_price": Text("Lowest evaluated price", "最低评标价法"),
}
OBJECTS = {"goods": Text("Goods", "货物"), "services": Text("Services", "服务"), "works": Text("Works", "工程")}
FUNDS = {
    "fiscal": Text("Fiscal funds", "财政性资金"),
    "special": Text("Special funds", "专项资金"),
    "own": Text("Own funds", "自有资金"),
}
PAYERS = {"buyer": Text("The buyer", "采购人"), "winner": Text("The winning bidder", "中标人")}


def same(words: str) -> Text:
    """What a person wrote, shown as it is in both languages."""
    return Text(words, words)


def money(amount: Decimal, currency: str = "CNY") -> Text:
    """An amount with its thousands and currency."""
    return same(in_figures(amount, currency))


def person(session: Session, account_id: str) -> Text:
    """A person's name by account; the id itself for one that was never an account here (a test's, the system's)."""
    try:
        return same(accounts.get(session, account_id).name)
    except AccountUnknown:
        return same(account_id)


def named(names: Mapping[str, Text], value: str | None) -> Text:
    """A code's words, or the code."""
    return names.get(value or "", same(value or "–"))


@beside
def of_project(session: Session, project: Project) -> list[Fact]:
    """What a project is: number, buyer, need, money, items."""
    left = project.budget_line.amount - projects.committed(session, project.budget_line_id, without=project.id)
    line = project.budget_line
    return [
        (Text("Project", "项目"), Text(*(f"{project.number} {title}" for title in project.title))),
        (Text("Buyer", "采购人"), project.buyer.name),
        (Text("Category", "采购类别"), named(OBJECTS, project.object)),
        (Text("Requirements", "采购需求"), same(project.need)),
        (
            Text("Budget line", "预算项目"),
            Text(f"{line.code} {line.name.en}", f"{line.code} {line.name.zh}"),
        ),
        (Text("Funds", "资金性质"), named(FUNDS, project.funds)),
        (Text("Estimate", "预算金额"), money(project.estimate, project.currency)),
        (Text("Balance of the budget line", "该项目可用预算"), money(left, project.currency)),
        *_items(project),
    ]


@beside
def _items(project: Project) -> Iterable[Fact]:
    for item in project.items:
        words = f"{item.code} {item.name}, {item.quantity.normalize():f} {item.unit} × {in_figures(item.unit_price, project.currency)}"
        yield Text(f"Item {item.position}", f"标的{item.position}"), same(words)


@beside
def of_lots(project: Project) -> list[Fact]:
    """A plan's lots, each with what may be spent."""
    return [
        (
            Text(f"Lot {lot.number}", f"采购包{lot.number}"),
            Text(
                f"{lot.name.en}: budget ¥{lot.budget:,.2f}, ceiling ¥{lot.price_limit:,.2f}",
                f"{lot.name.zh}：预算{lot.budget:,.2f}元，最高限价{lot.price_limit:,.2f}元",
            ),
        )
        for lot in project.lots
    ]


@beside
def of_plan(session: Session, project: Project) -> list[Fact]:
    """What was planned, and what a person should look at in it."""
    facts = [
        (Text("Evaluation method", "评标方法"), named(REVIEW_METHODS, project.review_method)),
        *of_lots(project),
        *catalogues.of_answer(session, project),
        *_intention(session, project),
        (Text("Contract and acceptance", "合同与验收安排"), same(project.contract_plan)),
        *((name, same(said)) for name, said in _said_of_plan(project) if said.strip()),
    ]
    return [*facts, *warnings_of_plan(session, project)]


@beside
def _intention(session: Session, project: Project) -> Iterable[Fact]:
    """When the intention was published, where, and from when the notice may follow; or why none is due."""
    title = Text("Procurement intention", "采购意向")
    if project.intention_on is not None:
        on = dates.day(project.intention_on)
        yield (
            title,
            Text(f"published on {on.en}: {project.intention_address}", f"{on.zh}公开：{project.intention_address}"),
        )
        earliest = intentions.earliest_notice(session, project)
        if earliest is not None:
            law = intentions.period(session, project, on=project.notice_on or earliest).citation
            yield Text("Earliest day of the notice", "公告最早日期"), resting_on(dates.day(earliest), law)
    elif project.intention:
        said, why = intentions.ANSWERS[project.intention], project.intention_reasons
        yield title, Text(f"{said.en}. Reasons: {why}", f"{said.zh}。理由：{why}")


def _said_of_plan(project: Project) -> Iterable[tuple[Text, str]]:
    yield Text("Market research", "需求调查情况"), project.survey
    if project.survey_respondents:
        yield Text("Companies and others asked", "需求调查对象个数"), str(project.survey_respondents)
    yield Text("Risks", "风险控制措施"), project.risk_plan


@beside
def warnings_of_plan(session: Session, project: Project) -> list[Fact]:
    """What a person should look at in a plan."""
    return [
        (SEVERITIES["warning"], resting_on(found.text, found.statute))
        for found in projects.warnings(session, project.id)
    ]


def resting_on(words: Text, cited: str) -> Text:
    """A sentence, and the law it rests on."""
    law = laws.citation(cited)
    return Text(f"{words.en} ({law.en})", f"{words.zh}（{law.zh}）") if cited else words


@beside
def of_returns(session: Session, project: Project) -> list[Fact]:
    """Why an application came back, each time."""
    kinds = {"review": Text("Returned at the review", "审核退回"), "filing": Text("Returned by finance", "备案退回")}
    return [
        (kinds[review.kind], Text(*(f"{name}: {review.reasons}" for name in person(session, review.account_id))))
        for review in project.reviews
        if review.decision == "return"
    ]


@beside
def of_timetable(session: Session, project_id: str) -> list[Fact]:
    """Every date of the timetable with its article; what isn't certain says between which days it lies."""
    steps = rules.law(session, projects.get(session, project_id)).method.timetable
    titles = {step.name: step.title for step in steps}
    facts = []
    for row in tenders.timetable_of(session, project_id):
        if row.on is not None:
            on = dates.day(row.on)
            has_passed = row.on < local_day(clock.now(session))
            words = Text(f"{on.en}: this day has passed", f"{on.zh}（该日期已过）") if has_passed else on
        elif row.earliest == row.latest:
            on = dates.day(row.latest)
            words = Text(f"expected on {on.en}, the calendar is not published yet", f"预计为{on.zh}，放假安排尚未公布")
        else:
            early, late = dates.day(row.earliest), dates.day(row.latest)
            words = Text(
                f"uncertain: between {early.en} and {late.en}; the holidays have not been published yet",
                f"待定：{early.zh}至{late.zh}之间，放假安排尚未公布",
            )
        facts.append((titles.get(row.name, same(row.name)), resting_on(words, row.article)))
    return facts


@beside
def of_agreement(session: Session, agreement: agreements.Agreement) -> list[Fact]:
    """What the two parties sign."""
    buyer, agency = (organisations.get(session, id) for id in (agreement.buyer_id, agreement.agency_id))
    powers = [agreements.POWERS[power] for power in agreement.powers]
    facts = [
        (Text("Buyer", "采购人"), buyer.name),
        (Text("Procurement agency", "采购代理机构"), agency.name),
        (Text("Scope", "委托范围"), same(agreement.scope)),
        (
            Text("Powers", "委托权限"),
            Text(", ".join(power.en for power in powers), "、".join(power.zh for power in powers)),
        ),
        (Text("Valid until", "委托期限至"), dates.day(agreement.term_until)),
        (Text("Agency fee", "代理费用"), money(agreement.fee, agreement.currency)),
        (Text("Fee paid by", "代理费用支付方"), named(PAYERS, agreement.fee_payer)),
        (Text("Digest of the signed content", "签署内容摘要"), same(agreements.digest(agreement))),
    ]
    for signature in agreement.signatures:
        at = dates.when(signature.signed_at)
        facts.append((Text("Signed by", "已签署"), Text(f"{signature.name}, {at.en}", f"{signature.name}，{at.zh}")))
    return facts


@beside
def of_findings(found: Iterable[Finding | Found]) -> list[Fact]:
    """What the check found: how grave and where; what is wrong, on which article it rests, what mends it."""
    return [_of_finding(finding) for finding in found]


def _of_finding(finding: Finding | Found) -> Fact:
    problem, more = (text_of(words) for words in (finding.problem, finding.fix))
    where, how = places.place(finding.place), SEVERITIES[finding.severity]
    if isinstance(finding, Overridden) and finding.override is not None:
        more = of_override(finding.override)
    said = resting_on(Text(f"{problem.en} {more.en}", f"{problem.zh}{more.zh}"), finding.article)
    return Text(f"{how.en}: {where.en}", f"{how.zh}：{where.zh}"), said


def of_override(made: Override) -> Text:
    """Why a finding was overridden, who asked for it and who decided."""
    at = dates.when(made.decided_at)
    return Text(
        f"Overridden: {made.reasons} Requested by {made.asked_by_name}, decided by {made.decided_by_name}, {at.en}.",
        f"误报理由：{made.reasons}（{made.asked_by_name}申请，{made.decided_by_name}于{at.zh}认定）",
    )


def of_rule(rule: rules.Rule) -> Fact:
    """A number of the law with its article, and a word of caution where it wasn't verified."""
    words = resting_on(value_of(rule), rule.citation)
    if rule.status != rules.Verification.VERIFIED:
        words = Text(f"{words.en} – {rule.verification.en}", f"{words.zh}，{rule.verification.zh}")
    return rule.title, words


_UNITS = {
    "d": Text("days", "日"),
    "wd": Text("working days", "个工作日"),
    "min": Text("minutes", "分钟"),
    "year": Text("years", "年"),
    "thirds": Text("thirds", "/3"),
}


def value_of(rule: rules.Rule) -> Text:
    """What a rule of law says, with its unit."""
    if rule.unit == "CNY":
        return money(rule.value)
    if rule.unit == "ratio":
        return same(f"{(rule.value * 100).normalize():f}%")
    unit, value = _UNITS.get(rule.unit, Text("", "")), f"{rule.value.normalize():f}"
    return Text(f"{value} {unit.en}".strip(), f"{value}{unit.zh}")


def due_at(last: date) -> str:
    """The instant by which what may be done until the end of a day is due, as the variables of a case keep it."""
    return last_second_of(last).astimezone(clock.PLACE).isoformat()
