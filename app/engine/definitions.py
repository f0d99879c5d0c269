"""Deployments: checked, stored once, versioned, proposed by one person and approved by another, retired.

A deployment keeps its own copy of every form its diagrams name, so that running instances see no later change.
Instances stay on the version they started with; new ones start on the latest that isn't retired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.engine import bundles, starts, validation
from app.engine.bundles import Package
from app.engine.engine import Engine
from app.engine.findings import Finding
from app.engine.records import Definition, DeployedFile, Deployment
from app.engine.states import DefinitionKind, DeploymentState
from app.engine.validation import Known
from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from app.foundation.text import Text

PROCESS, DECISION = DefinitionKind.PROCESS, DefinitionKind.DECISION


class DeploymentRefused(Invalid):
    """A deployment with errors; ``findings`` names each, with its element."""

    text = Text("This cannot be deployed. It has %(count)s errors.", "无法部署：存在 %(count)s 个错误。")

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(count=sum(finding.level == "error" for finding in self.findings))


class NoSuchDeployment(NotFound):
    """There is no deployment or definition of that id."""

    text = Text("There is no such deployment.", "没有该部署。")


class NoReason(Invalid):
    """A proposal, approval, rejection or retirement without its reason."""

    text = Text("Enter a reason.", "请填写理由。")


class SecondPersonNeeded(NotAllowed):
    """Who drew or proposed a deployment can't approve it."""

    text = Text("Someone other than the person who proposed this must decide.", "应由提议人以外的人员审批。")


class DeploymentMoved(Conflict):
    """The draft was saved, proposed or decided in the meantime."""

    text = Text("Someone else has changed this draft in the meantime.", "在此期间他人已修改该草稿。")


def check(files: Mapping[str, bytes], engine: Engine | None = None, *, session: Session | None = None) -> list[Finding]:
    """Everything that is wrong or doubtful in the files as one deployment.

    Without an engine, forms, operations and roles aren't judged; without a session, only what is in the files counts
    as deployed.
    """
    return validation.validate(bundles.load(files), engine, _known(session), office=session is not None)


def deploy(engine: Engine, session: Session, actor: Actor, files: Mapping[str, bytes], why: str) -> Deployment:
    """Check and deploy files as one bundle; the same files again give the deployment that is there already.

    :raises DeploymentRefused: with the findings, when there is an error
    """
    package, files = _complete(engine, bundles.load(files))
    there = session.scalars(
        select(Deployment)
        .where(Deployment.hash == bundles.digest(files), Deployment.state == DeploymentState.DEPLOYED)
        .limit(1)
    ).first()
    if there is not None:
        return there
    _refuse_errors(engine, session, package)
    deployment = _new(session, actor, package, files, DeploymentState.DEPLOYED, None, why)
    deployment.decided_at, deployment.decided_by, deployment.decided_by_name = clock.now(session), actor.id, actor.name
    session.flush()
    _release(engine, session, deployment, package)
    _note(session, actor, deployment, "deployments.deploy")
    return deployment


def save_draft(
    _engine: Engine,
    session: Session,
    actor: Actor,
    files: Mapping[str, bytes],
    *,
    draft_id: str | None = None,
    seen_version: int | None = None,
    title: Text | None = None,
) -> Deployment:
    """Keep files as a draft, errors and all; with ``draft_id``, as the next state of that draft.

    :raises DeploymentMoved: when the draft isn't in ``seen_version`` any more, or is no draft any more
    """
    if draft_id is None:
        package = bundles.load(files)
        deployment = _new(session, actor, package, files, DeploymentState.DRAFT, title, "")
        session.flush()
        _note(session, actor, deployment, "deployments.save_draft")
        return deployment
    deployment = _locked(session, draft_id, DeploymentState.DRAFT, DeploymentState.REJECTED)
    if seen_version is not None and deployment.version != seen_version:
        raise DeploymentMoved
    deployment.state = DeploymentState.DRAFT
    deployment.hash = bundles.digest(files)
    if title is not None:
        _entitle(deployment, title)
    deployment.saved_at, deployment.saved_by, deployment.saved_by_name = clock.now(session), actor.id, actor.name
    deployment.contents = [DeployedFile(name=name, content=content) for name, content in sorted(files.items())]
    session.flush()
    _note(session, actor, deployment, "deployments.save_draft")
    return deployment


def propose(engine: Engine, session: Session, actor: Actor, deployment_id: str, why: str) -> Deployment:
    """Ask for a draft to be deployed; it is checked now and again when it is approved.

    :raises DeploymentRefused: when it has errors
    """
    deployment = _locked(session, deployment_id, DeploymentState.DRAFT)
    _refuse_without(why)
    package, _ = _complete(engine, bundles.load(files_of(session, deployment)))
    _refuse_errors(engine, session, package)
    deployment.state, deployment.why = DeploymentState.PROPOSED, why.strip()
    deployment.proposed_at, deployment.proposed_by, deployment.proposed_by_name = (
        clock.now(session),
        actor.id,
        actor.name,
    )
    session.flush()
    _note(session, actor, deployment, "deployments.propose")
    return deployment


def approve(engine: Engine, session: Session, actor: Actor, deployment_id: str, reasons: str = "") -> Deployment:
    """Deploy what another person proposed.

    :raises SecondPersonNeeded: when the actor saved or proposed it
    :raises DeploymentRefused: when it has errors by now
    """
    deployment = _locked(session, deployment_id, DeploymentState.PROPOSED)
    _refuse_own(actor, deployment)
    package, files = _complete(engine, bundles.load(files_of(session, deployment)))
    _refuse_errors(engine, session, package)
    deployment.contents = [DeployedFile(name=name, content=content) for name, content in sorted(files.items())]
    deployment.hash, deployment.diagrams_key = bundles.digest(files), package.diagrams.key
    _decide(session, actor, deployment, DeploymentState.DEPLOYED, reasons)
    session.flush()
    _release(engine, session, deployment, package)
    _note(session, actor, deployment, "deployments.approve")
    return deployment


def reject(_engine: Engine, session: Session, actor: Actor, deployment_id: str, reasons: str) -> Deployment:
    """Give a proposal back to who drew it, with reasons; it can be changed and proposed again."""
    deployment = _locked(session, deployment_id, DeploymentState.PROPOSED)
    _refuse_own(actor, deployment)
    _refuse_without(reasons)
    _decide(session, actor, deployment, DeploymentState.REJECTED, reasons)
    session.flush()
    _note(session, actor, deployment, "deployments.reject")
    return deployment


def discard(session: Session, actor: Actor, deployment_id: str) -> None:
    """Throw a draft away, files and all; the journal keeps that there was one."""
    deployment = _locked(session, deployment_id, DeploymentState.DRAFT, DeploymentState.REJECTED)
    _note(session, actor, deployment, "deployments.discard")
    session.delete(deployment)
    session.flush()


def retire(engine: Engine, session: Session, actor: Actor, deployment_id: str, why: str) -> Deployment:
    """Start nothing new from a deployment; what runs goes on. The version before it counts again, if there is one."""
    deployment = _locked(session, deployment_id, DeploymentState.DEPLOYED)
    _refuse_without(why)
    deployment.state = DeploymentState.RETIRED
    keys = list(session.scalars(select(Definition.key).where(*_processes_of(deployment.id))))
    session.execute(
        update(Definition).where(Definition.deployment_id == deployment.id).values(retired_at=clock.now(session))
    )
    for key in keys:
        starts.listen(engine, session, key, latest(session, key))
    _note(session, actor, deployment, "deployments.retire", reasons=why.strip())
    return deployment


def files_of(session: Session, deployment: Deployment) -> dict[str, bytes]:
    """The files of a deployment or draft, byte for byte."""
    rows = session.execute(
        select(DeployedFile.name, DeployedFile.content)
        .where(DeployedFile.deployment_id == deployment.id)
        .order_by(DeployedFile.name)
    )
    return {row.name: row.content for row in rows}


def versions(session: Session, key: str, kind: str = PROCESS) -> list[Definition]:
    """All versions of a process or decision, the latest first."""
    return list(
        session.scalars(
            select(Definition).where(Definition.kind == kind, Definition.key == key).order_by(Definition.version.desc())
        )
    )


def latest(session: Session, key: str, kind: str = PROCESS) -> Definition | None:
    """The latest version that isn't retired, or None."""
    return session.scalars(
        select(Definition)
        .where(Definition.kind == kind, Definition.key == key, Definition.retired_at.is_(None))
        .order_by(Definition.version.desc())
        .limit(1)
    ).first()


def all_latest(session: Session, kind: str = PROCESS) -> list[Definition]:
    """The latest version of every process or decision that can be started, by id."""
    newest = (
        select(Definition.key, func.max(Definition.version).label("version"))
        .where(Definition.kind == kind, Definition.retired_at.is_(None))
        .group_by(Definition.key)
        .subquery()
    )
    return list(
        session.scalars(
            select(Definition)
            .join(newest, (Definition.key == newest.c.key) & (Definition.version == newest.c.version))
            .where(Definition.kind == kind)
            .order_by(Definition.key)
        )
    )


def of_deployment(session: Session, deployment_id: str) -> list[Definition]:
    """The processes and decisions that a deployment brought."""
    statement = select(Definition).where(Definition.deployment_id == deployment_id)
    return list(session.scalars(statement.order_by(Definition.kind.desc(), Definition.key)))


def deployments(session: Session, *states: DeploymentState) -> list[Deployment]:
    """Deployments and drafts in these states (all, when none is given), those saved last first."""
    statement = select(Deployment).order_by(Deployment.saved_at.desc(), Deployment.id.desc())
    return list(session.scalars(statement.where(Deployment.state.in_(states)) if states else statement))


def _known(session: Session | None) -> Known:
    if session is None:
        return Known()
    rows = session.execute(
        select(Definition.kind, Definition.key).where(Definition.retired_at.is_(None)).distinct()
    ).all()
    return Known(
        frozenset(key for kind, key in rows if kind == PROCESS),
        frozenset(key for kind, key in rows if kind == DECISION),
    )


def _complete(engine: Engine, package: Package) -> tuple[Package, dict[str, bytes]]:
    """The package with the library's forms that its diagrams name and it doesn't bring itself."""
    files = dict(package.files)
    for reference in package.diagrams.references:
        if reference.kind == "form" and package.forms.sources(reference.name) is None:
            sources = engine.forms.sources(reference.name)
            if sources is not None:
                files[f"forms/{reference.name}.schema.json"], files[f"forms/{reference.name}.ui.json"] = sources
    return (bundles.load(files) if len(files) > len(package.files) else package), files


def _refuse_errors(engine: Engine, session: Session, package: Package) -> None:
    findings = validation.validate(package, engine, _known(session), office=True)
    if any(finding.level == "error" for finding in findings):
        raise DeploymentRefused(findings)
    if not package.diagrams.processes and not package.models:
        raise DeploymentRefused([Finding("", None, None, "error", "there is no diagram and no decision in it")])


def _refuse_without(why: str) -> None:
    if not why.strip():
        raise NoReason(field="why")


def _refuse_own(actor: Actor, deployment: Deployment) -> None:
    if actor.id in (deployment.saved_by, deployment.proposed_by):
        raise SecondPersonNeeded


def _locked(session: Session, deployment_id: str, *states: DeploymentState) -> Deployment:
    deployment = session.get(Deployment, deployment_id, with_for_update=True, populate_existing=True)
    if deployment is None:
        raise NoSuchDeployment
    if deployment.state not in states:
        raise DeploymentMoved
    return deployment


def _new(
    session: Session,
    actor: Actor,
    package: Package,
    files: Mapping[str, bytes],
    state: DeploymentState,
    title: Text | None,
    why: str,
) -> Deployment:
    deployment = Deployment(
        hash=bundles.digest(files),
        diagrams_key=package.diagrams.key,
        state=state,
        why=why,
        saved_at=clock.now(session),
        saved_by=actor.id,
        saved_by_name=actor.name,
        contents=[DeployedFile(name=name, content=content) for name, content in sorted(files.items())],
    )
    _entitle(deployment, title or _called(package, files))
    session.add(deployment)
    return deployment


def _called(package: Package, files: Mapping[str, bytes]) -> Text:
    """What a bundle is called by itself: the names of its processes, else those of its files."""
    names = [bundles.names_of(each.names, each.name, each.id) for each in package.diagrams.processes.values()]
    by_file = ", ".join(sorted(files))
    return Text(", ".join(n.en for n in names) or by_file, "、".join(n.zh for n in names) or by_file)


def _entitle(deployment: Deployment, title: Text) -> None:
    deployment.title_en, deployment.title_zh = title.en[:300], title.zh[:300]


def _decide(session: Session, actor: Actor, deployment: Deployment, state: DeploymentState, reasons: str) -> None:
    deployment.state, deployment.decision_reasons = state, reasons.strip()
    deployment.decided_at, deployment.decided_by, deployment.decided_by_name = clock.now(session), actor.id, actor.name


def _note(session: Session, actor: Actor, deployment: Deployment, act: str, **facts: str) -> None:
    journal.write(
        session,
        actor,
        case=deployment.id,
        act=act,
        facts={"hash": deployment.hash, "title": deployment.title_en, **facts},
    )


def _release(engine: Engine, session: Session, deployment: Deployment, package: Package) -> None:
    """Number the definitions of a deployment and let its start events listen instead of those before."""
    for process in package.diagrams.processes.values():
        name = bundles.names_of(process.names, process.name, process.id)
        _define(session, deployment, PROCESS, process.id, process.file, name)
    for decision_id, model in package.models.items():
        name = bundles.names_of(model.names(decision_id), model.decisions.get(decision_id), decision_id)
        _define(session, deployment, DECISION, decision_id, package.decision_files[decision_id], name)
    session.flush()
    engine.keep(deployment.id, package)
    for key in package.diagrams.processes:
        starts.listen(engine, session, key, latest(session, key))


def _define(session: Session, deployment: Deployment, kind: DefinitionKind, key: str, file: str, name: Text) -> None:
    last = session.scalar(select(func.max(Definition.version)).where(Definition.kind == kind, Definition.key == key))
    session.add(
        Definition(
            kind=kind,
            key=key,
            version=(last or 0) + 1,
            deployment_id=deployment.id,
            file=file,
            name_en=name.en[:300],
            name_zh=name.zh[:300],
            deployed_at=clock.now(session),
        )
    )


def _processes_of(deployment_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Definition.deployment_id == deployment_id, Definition.kind == PROCESS
