"""The editor of a bid: one page against the requirements, saved by itself, files kept as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import Response, get_template_attribute, jsonify, render_template, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.errors import Invalid, Refusal
from app.foundation.foreign import kinds
from app.foundation.text import Text
from app.procurement import bids, suppliers, tenders
from app.procurement.bids import DraftFile, Gap, Offer
from app.procurement.projects import Lot
from app.procurement.tenders import Requirement, Tender
from app.web import current, errors, files, listing
from app.web.answers import redirect
from app.web.notices import notice
from app.web.supplier import blueprint, progress
from app.web.supplier.tendering import head, lot_and_tender

AFTER = "_after"
"""The field that says how many bids had been submitted when the page was opened."""


class NoFile(Invalid):
    """An upload without a file in it."""

    text = Text("Choose a file.", "请选择文件。")


@blueprint.get("/supplier/lots/<lot_id>/bid")
def bid(lot_id: str) -> str | AnyResponse:
    """Show the editor with what was saved, and what is still missing."""
    lot, tender = lot_and_tender(lot_id)
    if not tenders.open_for_bids(tender, current.now()):
        return redirect("supplier.tender", tender_id=tender.id)
    return _page(lot, tender)


def _page(lot: Lot, tender: Tender, problems: Sequence[Refusal] = ()) -> str:
    session, supplier_id, lot_id = current.session(), current.actor().organisation_id, lot.id
    draft = bids.draft_of(session, lot_id, supplier_id)
    content = draft.content if draft is not None else _first_content(tender, supplier_id)
    return render_template(
        "supplier/bid.html",
        **head(tender, "supplier.bid", lot),
        draft=draft,
        content=content,
        worked_out=_worked_out(lot, bids.read_offer(content)),
        files=_by_requirement(draft.files if draft is not None else []),
        groups=_grouped(bids.requirements_of(tender, lot_id)),
        **_so_far(lot, tender, content),
        standing=bids.of_supplier(session, lot_id, supplier_id),
        deviations=bids.DEVIATIONS,
        sme_options=_sme_options(tender, content),
        consortia=bids.admits_consortia(tender),
        declarations=bids.DECLARATIONS,
        kinds=tenders.KINDS,
        largest=bids.LARGEST_FILES,
        problems=problems,
        after=bids.last_sequence(session, lot_id, supplier_id),
    )


def _so_far(lot: Lot, tender: Tender, content: Mapping[str, Any]) -> dict[str, Any]:
    """What the summary beside the form shows: the offer, what is missing, the checklist."""
    gaps = bids.gaps(current.session(), current.actor(), lot_id=lot.id)
    return {
        "offer": bids.read_offer(content),
        "gaps": gaps,
        "checklist": progress.parts(tender, lot, bids.requirements_of(tender, lot.id), gaps),
        "where": progress.where,
    }


def _parts(lot: Lot, tender: Tender, so_far: Mapping[str, Any]) -> dict[str, str]:
    """The parts of the page that a saved draft changes, by their names: the summary, and what each place lacks."""
    by_place: dict[str, list[Gap]] = {}
    for gap in so_far["gaps"]:
        by_place.setdefault(gap.place, []).append(gap)
    draw = get_template_attribute("supplier/parts.html", "gaps_of")
    drawn = {place: str(draw(gaps)) for place, gaps in by_place.items()}
    return {"summary": render_template("supplier/summary.html", lot=lot, tender=tender, draft=True, **so_far), **drawn}


def _worked_out(lot: Lot, offer: Offer) -> dict[str, Decimal]:
    """Each item's amount by its unit price, and under ``""`` what they come to together."""
    quantities = {item.id: item.quantity for item in lot.items}
    known = {item: price for item, price in offer.unit_prices.items() if price is not None and item in quantities}
    lines = {item: bids.total_of({item: price}, quantities) for item, price in known.items()}
    return {**lines, "": bids.total_of(known, quantities)}


@blueprint.post("/supplier/lots/<lot_id>/bid")
@files.takes_files(many=True)
def save(lot_id: str) -> AnyResponse:
    """Save the whole form, with the files of a browser without scripts; then stay, or go on to the check."""
    session, actor = current.session(), current.actor()
    bids.save_draft(
        session,
        actor,
        lot_id=lot_id,
        content=_typed(request.form),
        arrived_at=current.arrived_at(),
        after=listing.whole(request.form.get(AFTER, "")),
    )
    refused = _keep_files(lot_id)
    if "_drop" in request.form:
        bids.remove_file(session, actor, lot_id=lot_id, file_id=request.form["_drop"], arrived_at=current.arrived_at())
    current.commit()
    if refused:
        return Response(_page(*lot_and_tender(lot_id), refused), errors.status_of(type(refused[0])))
    if "_check" in request.form:
        return redirect("supplier.check", lot_id=lot_id)
    notice(Text("Your draft has been saved.", "草稿已保存。"))
    return redirect("supplier.bid", lot_id=lot_id)


def _keep_files(lot_id: str) -> list[Refusal]:
    """Keep the files that came with the form, and give what is wrong with those that weren't: the rest is saved all the same."""
    problems: list[Refusal] = []
    for name in files.fields():
        taken, wrong = files.sorted_out(name)
        problems += wrong
        code = name.removeprefix("file-") if name.startswith("file-") else ""
        for file in taken:
            _keep(lot_id, file, code)
    return problems


def _keep(lot_id: str, file: FileStorage, code: str) -> DraftFile:
    return bids.add_file(
        current.session(),
        current.actor(),
        lot_id=lot_id,
        name=file.filename or "",
        source=file.stream,
        requirement_code=code,
        media_type=file.mimetype,
        arrived_at=current.arrived_at(),
    )


@blueprint.post("/supplier/lots/<lot_id>/bid/draft")
def save_draft(lot_id: str) -> Response:
    """Save what was typed, in the background."""
    draft = bids.save_draft(
        current.session(),
        current.actor(),
        lot_id=lot_id,
        content=_typed(request.form),
        arrived_at=current.arrived_at(),
        after=listing.whole(request.form.get(AFTER, "")) or 0,
    )
    current.commit()
    lot, tender = lot_and_tender(lot_id)
    return jsonify(saved_at=draft.saved_at.isoformat(), parts=_parts(lot, tender, _so_far(lot, tender, draft.content)))


@blueprint.post("/supplier/lots/<lot_id>/bid/files")
@files.takes_files()
def add_file(lot_id: str) -> Response:
    """Keep one file of the draft; ``code`` in the address is the requirement it proves."""
    file = files.one("file")
    if file is None:
        raise NoFile(field="file")
    kept = _keep(lot_id, file, request.args.get("code", ""))
    current.commit()
    return jsonify(id=kept.id, name=kept.name, size=kept.size, kind=kept.media_type, hash=kept.digest)


@blueprint.post("/supplier/lots/<lot_id>/bid/files/remove")
def remove_file(lot_id: str) -> Response:
    """Take a file out of the draft."""
    bids.remove_file(
        current.session(),
        current.actor(),
        lot_id=lot_id,
        file_id=request.form.get("file", ""),
        arrived_at=current.arrived_at(),
    )
    current.commit()
    return jsonify(removed=True)


@blueprint.get("/supplier/bid-files/<file_id>")
def draft_file(file_id: str) -> Response:
    """Send a file of the person's own draft."""
    file = bids.file_of(current.session(), current.actor(), file_id)
    return attachment(b"".join(bids.content_of(current.session(), file.id)), file.name, file.media_type)


@blueprint.get("/supplier/lots/<lot_id>/bid/copy")
def copy(lot_id: str) -> Response:
    """Send the draft with its files as an archive to keep."""
    draft = bids.draft_of(current.session(), lot_id, current.actor().organisation_id)
    if draft is None:
        raise bids.DraftMissing
    lot, tender = lot_and_tender(lot_id)
    data = b"".join(bids.copy_of(current.session(), draft))
    return attachment(data, f"{tender.project.number}-{lot.number}.tar", "application/x-tar")


@blueprint.post("/supplier/lots/<lot_id>/bid/copy")
@files.takes_files([kinds.TAR], many=True)
def load_copy(lot_id: str) -> AnyResponse:
    """Begin the draft from a copy that was kept."""
    file = files.one("copy")
    if file is None:
        raise NoFile(field="copy")
    bids.load_copy(
        current.session(), current.actor(), lot_id=lot_id, source=file.stream, arrived_at=current.arrived_at()
    )
    current.commit()
    notice(Text("The copy is in your draft.", "副本内容已载入草稿。"))
    return redirect("supplier.bid", lot_id=lot_id)


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """A file to keep, never shown by the browser itself."""
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form says, by the keys of a draft's content."""
    content: dict[str, Any] = {name: form[name] for name in bids.TEXTS if name in form}
    content["prices"] = dict(_with_prefix(form, "prices-"))
    deviations = dict(_with_prefix(form, "deviations-"))
    content["responses"] = {
        requirement: {"value": value, "deviation": deviations.get(requirement, "none")}
        for requirement, value in _with_prefix(form, "responses-")
    }
    content["declarations"] = form.getlist("declarations")
    content["sme"] = form.get("sme", "none")
    content["domestic"] = form.get("domestic") == "true"
    return content


def _sme_options(tender: Tender, content: Mapping[str, Any]) -> list[tuple[str, Text]]:
    """The kinds of makers to choose from; a consortium where the documents admit one, or where one was chosen before."""
    admitted = bids.admits_consortia(tender) or content.get("sme") == bids.CONSORTIUM
    return [(kind, words) for kind, words in bids.SME_KINDS.items() if admitted or kind != bids.CONSORTIUM]


def _with_prefix(form: MultiDict[str, str], prefix: str) -> Iterator[tuple[str, str]]:
    return ((name.removeprefix(prefix), form[name]) for name in form if name.startswith(prefix))


def _first_content(tender: Tender, supplier_id: str | None) -> dict[str, Any]:
    """What an empty draft starts from: the terms as the documents ask for them, the supplier's size as registered."""
    registration = suppliers.of_organisation(current.session(), supplier_id) if supplier_id else None
    scale = "none"
    if registration is not None:
        scale = registration.welfare if registration.welfare != "none" else registration.scale
    return {
        "delivery_days": str(tender.delivery_days or ""),
        "validity_days": str(tender.validity_days or ""),
        "sme": scale if scale in bids.SME_KINDS else "none",
    }


def _by_requirement(files: list[DraftFile]) -> dict[str, list[DraftFile]]:
    found: dict[str, list[DraftFile]] = {}
    for file in files:
        found.setdefault(file.requirement_code, []).append(file)
    return found


def _grouped(requirements: list[Requirement]) -> dict[str, list[Requirement]]:
    """The requirements by kind, in the documents' order."""
    found: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        found.setdefault(requirement.kind, []).append(requirement)
    return found
