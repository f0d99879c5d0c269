"""The rules of law that decide here: those this service ships with, and those that the office entered."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import rules
from app.procurement.rules import Rule, entries, laws, methods
from app.web import current, listing
from app.web.data import blueprint
from app.workflow import facts


@blueprint.get("/law")
def law() -> str | AnyResponse:
    """List every rule with its value, for what and when it is in force, its article, and how far it was verified."""
    session, asked = current.session(), listing.asked()
    entered = entries.every(session)
    entries.take(entered)
    own = {entries.as_rule(entry).id: entry for entry in entered}
    origin = listing.chosen("origin", ["entered", "shipped"])
    wanted = asked.search.casefold()
    found = [
        rule
        for rule in sorted(rules.known(), key=lambda rule: (rule.title.en, rule.valid_from))
        if wanted in f"{rule.title.en} {rule.title.zh} {rule.name} {rule.citation} {rule.source}".casefold()
        and (not origin or (rule.id in own) == (origin == "entered"))
    ]
    if asked.wants_csv:
        header = (Text("Rule", "规则"), Text("Value", "数值"), Text("Unit", "单位"), Text("For", "适用范围"),
                  Text("From", "起"), Text("Until", "止"), Text("Source", "依据"), Text("Verified", "核对情况"))  # fmt: skip
        lines = (
            (r.title, f"{r.value.normalize():f}", entries.UNITS[r.unit], _scope(r), r.valid_from, r.valid_to or "",
             laws.citation(r.citation), r.verification)
            for r in found
        )  # fmt: skip
        return listing.csv("law", header, lines)
    return render_template(
        "data/law.html",
        rows=listing.Rows(found[asked.offset : asked.offset + asked.size], asked.page, asked.size, len(found)),
        asked=asked,
        origin=origin,
        own=own,
        value=facts.value_of,
        scope=_scope,
        citation=lambda rule: laws.citation(rule.citation),
        today=local_day(current.now()),
    )


def _scope(rule: Rule) -> Text:
    """For what a rule is: the place, the levels of budgets, the objects, the methods."""
    named = [name for level, name in organisations.LEVELS.items() if level in rule.levels]
    named += [facts.named(facts.OBJECTS, one) for one in sorted(rule.objects)]
    named += [methods.named(one).name for one in sorted(rule.methods)]
    place = Text("the country", "全国") if rule.jurisdiction == "CN" else Text(rule.jurisdiction, rule.jurisdiction)
    return Text(", ".join(each.en for each in (place, *named)), "、".join(each.zh for each in (place, *named)))
