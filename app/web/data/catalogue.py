"""The centralised catalogues with the bodies that buy by them, as the office entered them."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement.rules import catalogues
from app.procurement.rules.catalogues import CARRIED_OUT_BY, CatalogueItem, CentralBody
from app.web import current, listing
from app.web.data import blueprint


@blueprint.get("/catalogue")
def catalogue() -> str | AnyResponse:
    """List the items of the catalogues by place, with who buys and from when to when; above them the central bodies."""
    session, asked = current.session(), listing.asked()
    every = catalogues.items(session)
    level = listing.chosen("level", ["every", *organisations.LEVELS])
    wanted = asked.search.casefold()
    found = [
        item
        for item in every
        if wanted in f"{item.code} {item.name_zh} {item.name_en} {item.jurisdiction} {item.source}".casefold()
        and level in ("", item.level or "every")
    ]
    if asked.wants_csv:
        header = (Text("Catalogue code", "品目编码"), Text("Item", "名称"), Text("Bought by", "组织形式"),
                  Text("From (yuan)", "起点金额（元）"), Text("For", "适用范围"), Text("From", "起"), Text("Until", "止"),
                  Text("Document", "依据文件"))  # fmt: skip
        lines = (
            (i.code, i.name, CARRIED_OUT_BY[i.carried_out_by], "" if i.from_amount is None else i.from_amount,
             _scope(i), i.valid_from, i.valid_to or "", i.source)
            for i in found
        )  # fmt: skip
        return listing.csv("catalogue", header, lines)
    return render_template(
        "data/catalogue.html",
        rows=listing.Rows(found[asked.offset : asked.offset + asked.size], asked.page, asked.size, len(found)),
        asked=asked,
        level=level,
        levels={"every": Text("Every local level", "地方各级"), **organisations.LEVELS},
        bodies=catalogues.bodies(session),
        carried_out_by=CARRIED_OUT_BY,
        scope=_scope,
        today=local_day(current.now()),
        is_filtered=bool(level or asked.search),
    )


def _scope(row: CatalogueItem | CentralBody) -> Text:
    """For which budgets a row is: the region and the level."""
    level = organisations.LEVELS.get(row.level, Text("every level", "各级"))
    return Text(f"{row.jurisdiction}, {level.en.lower()}", f"{row.jurisdiction}，{level.zh}")
