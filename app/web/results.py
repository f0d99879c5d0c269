"""Results: what a bidder is told of its own, the evaluation for those who may see it, and the draw for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template

from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.text import Text, text_of
from app.procurement import awards, evaluation, experts, projects, queries, tenders
from app.web import current
from app.workflow import facts

blueprint = Blueprint("results", __name__)


@blueprint.get("/my-results")
def index() -> str:
    """List the results one's company was told."""
    session = current.session()
    letters = awards.letters_of(session, current.actor().organisation_id or "")
    rows = [(letter, projects.lot(session, letter.award.lot_id)) for letter in letters]
    return render_template("results/index.html", rows=rows)


@blueprint.get("/my-results/<lot_id>")
def show(lot_id: str) -> str:
    """Show a bidder its own result: won or not, its score and rank, the reasons, the letter, what it may query."""
    session, actor = current.session(), current.actor()
    letter = awards.letter_of(session, actor, lot_id)
    if letter is None:
        raise awards.AwardUnknown
    lot, tender = projects.lot(session, lot_id), tenders.of_lot(session, lot_id)
    return render_template(
        "results/show.html",
        letter=letter,
        award=letter.award,
        lot=lot,
        project=tender.project,
        reasons=text_of(letter.reasons),
        papers=_papers(letter),
        windows=queries.open_scopes(session, letter.supplier_id, lot_id),
        scopes=queries.SCOPES,
        own_queries=[q for q in queries.of_lot(session, lot_id) if q.supplier_id == letter.supplier_id],
        outcomes=queries.OUTCOMES,
    )


@blueprint.get("/lots/<lot_id>/evaluation")
def evaluated(lot_id: str) -> str:
    """Show an evaluation: the order of the bids with every factor's points, who is out and why, who signed."""
    session, actor = current.session(), current.actor()
    report = evaluation.report(session, lot_id)
    said = report.content
    scored = [factor for factor in said["factors"] if factor["kind"] != "price"]
    return render_template(
        "results/evaluation.html",
        report=report,
        said=said,
        lot=projects.lot(session, lot_id),
        project=tenders.of_lot(session, lot_id).project,
        factors=scored,
        members=_members(said),
        points=_points(lot_id),
        papers=_papers(report),
        words=text_of,
        review_methods=facts.REVIEW_METHODS,
        correction_answers=evaluation.ANSWERS,
        award=awards.of_lot(session, lot_id),
        sees_all=bool(report.completed_at),
        own_id=actor.id,
    )


def _members(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(said["committee"]["members"])


def _points(lot_id: str) -> dict[tuple[str, str, str], Any]:
    """The points this person may see, by bid, factor and member."""
    visible = evaluation.visible_scores(current.session(), current.actor(), lot_id)
    return {(score.bid_id, score.factor_id, score.member_id): score for score in visible}


@blueprint.get("/lots/<lot_id>/draw")
def draw(lot_id: str) -> str:
    """Show how a committee was drawn, and whether the record holds when it is worked out again."""
    session = current.session()
    record = experts.record(session, lot_id)
    tender = tenders.of_lot(session, lot_id)
    return render_template(
        "results/draw.html",
        record=record,
        problems=experts.verify(record),
        lot=projects.lot(session, lot_id),
        project=tender.project,
        specialities=experts.SPECIALITIES,
        states=CALLS,
        instant=datetime.fromisoformat,
    )


@blueprint.get("/lots/<lot_id>/draw.json")
def draw_record(lot_id: str) -> Response:
    """Give the record of a draw as anybody can replay it."""
    return jsonify(experts.record(current.session(), lot_id))


CALLS = {
    "accepted": Text("took part", "参加评审"),
    "declined": Text("could not take part", "不能参加"),
    "recused": Text("recused", "回避"),
    "silent": Text("did not answer", "未答复"),
    "called": Text("invited", "已通知"),
}
"""What became of a call."""


def _papers(row: Any) -> list[Document]:
    """The drawn files of a row, Chinese and English."""
    ids = [getattr(row, f"document_{language}_id") for language in ("zh", "en")]
    return [documents.get(current.session(), document_id) for document_id in ids if document_id]
