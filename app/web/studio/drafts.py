"""Drafts: begun from what is deployed, from uploaded files or anew; edited, checked, proposed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app import feel
from app.engine import definitions
from app.engine.definitions import DeploymentMoved, DeploymentRefused, NoSuchDeployment
from app.engine.findings import Finding
from app.engine.states import DeploymentState
from app.foundation.errors import Invalid, Refusal, Several
from app.foundation.foreign import Unreadable, jsons, kinds, markup, reasons
from app.foundation.text import Text
from app.web import current, errors, language, listing, notices, sharing
from app.web import files as uploads
from app.web.answers import redirect
from app.web.studio import blueprint, rehearsals
from app.web.studio.blank import blank_decision, blank_process
from app.web.studio.lists import STATES, deployment_of

LARGEST = 5_000_000
"""The most bytes of one file."""
MOST = 4 * LARGEST
"""The most bytes of several files that are brought at once."""
KINDS = (kinds.BPMN, kinds.DMN, kinds.JSON)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,150}\.(bpmn|dmn|schema\.json|ui\.json|scenario\.json)\Z")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,60}\Z")


class FileUnfit(Invalid):
    """An uploaded file that is no diagram, decision, form or scenario, or is too large."""

    text = Text(
        "“%(name)s” cannot be accepted. Use .bpmn, .dmn, form or scenario files of at most 5 MB.",
        "无法接收“%(name)s”：请提供不超过5 MB 的 .bpmn、.dmn、表单或测试场景文件。",
    )


class IdUnfit(Invalid):
    """An id that a procedure can't have."""

    text = Text(
        "An ID starts with a letter and has only letters, digits, - and _.",
        "标识须以字母开头，仅含字母、数字、- 和 _。",
    )


@blueprint.post("/drafts")
def begin() -> AnyResponse:
    """Begin a draft with the files of a deployment, and open the wanted one."""
    session = current.session()
    source = deployment_of(request.form.get("deployment", ""))
    files = definitions.files_of(session, source)
    draft = definitions.save_draft(current.engine(), session, current.actor(), files, title=source.title)
    current.commit()
    wanted = request.form.get("file", "")
    if wanted in files:
        return redirect("studio.edit", draft_id=draft.id, name=wanted)
    return redirect("studio.draft", draft_id=draft.id)


@blueprint.route("/new", methods=["GET", "POST"])
@uploads.takes_files(KINDS, many=True, largest=MOST)
def new() -> AnyResponse | str:
    """Begin a draft with an empty procedure or decision, or with uploaded files."""
    if request.method == "GET":
        return render_template("studio/new.html", values={"kind": "process"}, problems=())
    session = current.session()
    try:
        files = _uploaded() if "upload" in request.form else _blank()
    except Refusal as refusal:
        problems, status = errors.parts_of(refusal), errors.status_of(type(refusal))
        return Response(render_template("studio/new.html", values=request.form, problems=problems), status)
    english, chinese = (request.form.get(name, "").strip() for name in ("name_en", "name_zh"))
    title = Text(english or chinese, chinese or english) if english or chinese else None
    draft = definitions.save_draft(current.engine(), session, current.actor(), files, title=title)
    current.commit()
    return redirect("studio.draft", draft_id=draft.id)


def _blank() -> dict[str, bytes]:
    key = request.form.get("key", "").strip()
    if not _ID.match(key):
        raise IdUnfit(field="key")
    name = Text(request.form.get("name_en", "").strip() or key, request.form.get("name_zh", "").strip() or key)
    if request.form.get("kind") == "decision":
        return {f"decisions/{key}.dmn": blank_decision(key, name)}
    return {f"{key}.bpmn": blank_process(key, name)}


def _uploaded() -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for given in uploads.given("files"):
        name = (given.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
        content = given.stream.read(LARGEST + 1)
        if not _NAME.match(name) or len(content) > LARGEST:
            raise FileUnfit(field="files", name=name or "?")
        files[name] = content
    if not files:
        raise FileUnfit(field="files", name="?")
    return files


@blueprint.post("/drafts/<draft_id>/files")
@uploads.takes_files(KINDS, many=True, largest=MOST)
def add(draft_id: str) -> AnyResponse | str:
    """Add uploaded files to a draft; one of a name that is there takes that one's place."""
    session, found = current.session(), deployment_of(draft_id)
    files = definitions.files_of(session, found)
    try:
        given = _uploaded()
    except Refusal as refusal:
        return Response(draft(draft_id, errors.parts_of(refusal)), errors.status_of(type(refusal)))
    there = {name.rsplit("/", 1)[-1]: name for name in files}
    files |= {there.get(name, name): content for name, content in given.items()}
    definitions.save_draft(current.engine(), session, current.actor(), files, draft_id=draft_id)
    current.commit()
    return redirect("studio.draft", draft_id=draft_id)


@blueprint.get("/drafts/<draft_id>")
def draft(draft_id: str, problems: Sequence[Refusal] = ()) -> str:
    """Show a draft: its files, what the check finds, and what can be done with it."""
    session, found = current.session(), deployment_of(draft_id)
    files = definitions.files_of(session, found)
    findings = definitions.check(files, current.engine(), session=session)
    return render_template(
        "studio/draft.html",
        draft=found,
        files={name: len(content) for name, content in files.items()},
        findings=[shown(finding) for finding in findings],
        has_errors=any(finding.level == "error" for finding in findings),
        problems=problems,
        scenarios=rehearsals.count(files),
        untested=rehearsals.untested(files),
        states=STATES,
    )


@blueprint.get("/drafts/<draft_id>/files/<path:name>")
def edit(draft_id: str, name: str) -> str:
    """Open a file of a draft in its editor."""
    found = deployment_of(draft_id)
    if name not in definitions.files_of(current.session(), found):
        raise NoSuchDeployment
    return render_template(
        "studio/editor.html",
        draft=found,
        name=name,
        states=STATES,
        may_save=found.state in (DeploymentState.DRAFT, DeploymentState.REJECTED),
        is_decision=name.endswith(".dmn"),
        functions=feel.built_in_functions(),
    )


@blueprint.get("/deployments/<draft_id>/files/<path:name>")
def file(draft_id: str, name: str) -> Response:
    """A file of a draft or deployment, byte for byte; with ``?download`` as an attachment."""
    files = definitions.files_of(current.session(), deployment_of(draft_id))
    if name not in files:
        raise NoSuchDeployment
    kind = "application/json" if name.endswith(".json") else "application/xml"
    answer = sharing.repeats_nothing(Response(files[name], mimetype=kind))
    if "download" in request.args:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name.rsplit("/", 1)[-1]}"'
    return answer


@blueprint.put("/drafts/<draft_id>/files/<path:name>")
def save(draft_id: str, name: str) -> AnyResponse | tuple[Response, int]:
    """Keep a file as it was drawn, errors and all, unless somebody else saved in between."""
    session = current.session()
    found = deployment_of(draft_id)
    files = definitions.files_of(session, found)
    if name not in files:
        raise NoSuchDeployment
    content = _drawn(name)
    seen = request.headers.get("X-Seen-Version", "")
    try:
        saved = definitions.save_draft(
            current.engine(),
            session,
            current.actor(),
            {**files, name: content},
            draft_id=draft_id,
            seen_version=listing.whole(seen),
        )
    except DeploymentMoved as moved:
        return jsonify({"message": moved.sentence.in_(language.language())}), 409
    current.commit()
    return jsonify({"version": str(saved.version), **_checked({**files, name: content}, name)})


@blueprint.post("/drafts/<draft_id>/check/<path:name>")
def check(draft_id: str, name: str) -> Response:
    """Say what is wrong with a file as it stands in the editor, together with the draft's other files."""
    files = definitions.files_of(current.session(), deployment_of(draft_id))
    return jsonify(_checked({**files, name: _drawn(name)}, name))


def _drawn(name: str) -> bytes:
    """What the editor sends: it may be wrong, but not endless."""
    content = request.get_data(cache=False)
    try:
        (jsons.read if name.endswith(".json") else markup.check)(content)
    except Unreadable as unreadable:
        if unreadable.why not in (markup.NOT_XML, reasons.DAMAGED):
            raise
    return content


def _checked(files: dict[str, bytes], name: str) -> dict[str, Any]:
    findings = definitions.check(files, current.engine(), session=current.session())
    here = [shown(finding) for finding in findings if finding.file in ("", name)]
    elsewhere = [shown(finding) for finding in findings if finding.file not in ("", name) and finding.level == "error"]
    return {"ok": not any(finding.level == "error" for finding in findings), "findings": here + elsewhere}


def shown(finding: Finding) -> dict[str, Any]:
    """A finding in the language of the page, as editors and templates take it."""
    words = finding.zh if language.language() == "zh" and finding.zh else finding.message
    return {
        "file": finding.file,
        "element": finding.element_id,
        "name": finding.name,
        "level": finding.level,
        "message": words,
    }


@blueprint.route("/drafts/<draft_id>/propose", methods=["GET", "POST"])
def propose(draft_id: str) -> AnyResponse | str:
    """Ask why a draft is to count, and hand it to a second person; not while one of its scenarios fails."""
    session, found = current.session(), deployment_of(draft_id)
    files = definitions.files_of(session, found)

    def page(why: str, problems: Sequence[Refusal] = (), findings: Sequence[Finding] = ()) -> str:
        return render_template(
            "studio/propose.html",
            draft=found,
            problems=problems,
            findings=[shown(finding) for finding in findings],
            why=why,
            has_failed=any(isinstance(problem, rehearsals.ScenarioFails) for problem in problems),
            untested=rehearsals.untested(files),
        )

    if request.method == "GET":
        return page(found.why)
    why = request.form.get("why", "")
    try:
        if why.strip():
            _refuse_failing(files)
        proposed = definitions.propose(current.engine(), session, current.actor(), draft_id, why)
        if definitions.files_of(session, proposed) != files:
            raise DeploymentMoved
    except DeploymentRefused as refused:
        session.rollback()
        return Response(page(why, [refused], refused.findings), errors.status_of(type(refused)))
    except Refusal as refusal:
        session.rollback()
        return Response(page(why, errors.parts_of(refusal)), errors.status_of(type(refusal)))
    current.commit()
    notices.notice(Text("The draft has been sent to a second person.", "草稿已提交，等待他人复核。"), tone="good")
    return redirect("studio.index")


def _refuse_failing(files: dict[str, bytes]) -> None:
    current.session().rollback()  # nobody waits for a database that this transaction holds
    failed = [outcome for outcome in rehearsals.played(files) if not outcome.passed]
    if failed:
        raise Several([rehearsals.ScenarioFails(name=outcome.name) for outcome in failed])


@blueprint.post("/drafts/<draft_id>/discard")
def discard(draft_id: str) -> AnyResponse:
    """Throw a draft away."""
    definitions.discard(current.session(), current.actor(), draft_id)
    current.commit()
    notices.notice(Text("The draft has been deleted.", "草稿已删除。"), tone="good")
    return redirect("studio.index")
