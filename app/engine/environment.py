"""What a live instance sees of the house: the transaction's time, operations in savepoints, decisions, called processes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exc, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import feel
from app.engine import decisions, forms, spiff, start_forms
from app.engine.acts import Context, UnknownOperation
from app.engine.engine import Engine
from app.engine.records import Definition, InstanceRow
from app.engine.transactions import Transaction
from app.foundation import clock
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import Refusal
from app.foundation.text import Text

log = logging.getLogger(__name__)

_LATEST = (
    select(Definition.deployment_id)
    .where(Definition.kind == bindparam("kind"), Definition.key == bindparam("key"), Definition.retired_at.is_(None))
    .order_by(Definition.version.desc())
    .limit(1)
)
FATAL = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.PendingRollbackError, StaleDataError)
"""Database errors after which nothing of the transaction may stand."""


UNFIT = Text(
    "The process “%(process)s” starts with a form, and what it is given does not fit. %(problems)s",
    "流程“%(process)s”以表单启动，给出的内容不符合表单要求。%(problems)s",
)


class CaseEnvironment:
    """The environment of one live instance; it is bound to a session for the length of a step."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.zone: Any = engine.zone
        self.portion = engine.portion
        self.step_limit = engine.step_limit
        self.automatic_retries = engine.automatic_retries
        self._session: Session | None = None
        self._row: InstanceRow | None = None
        self.told: dict[str, Mapping[str, Any]] = {}
        """What history keeps of the operations of the running step, by their tokens."""

    def bind(self, session: Session, row: InstanceRow | None) -> None:
        """Work in this session's transaction, for this instance (none: only the time is asked)."""
        self._session, self._row, self.told = session, row, {}

    def release(self) -> None:
        """Let go of the session; nothing may be asked of this environment until it is bound again."""
        self._session = self._row = None

    @property
    def session(self) -> Session:
        """The session of the running step."""
        assert self._session is not None, "a live instance moves only inside a step"
        return self._session

    @property
    def row(self) -> InstanceRow:
        """The row of the running step's instance."""
        assert self._row is not None, "a live instance moves only inside a step"
        return self._row

    def now(self) -> datetime:
        """The transaction's time."""
        return clock.now(self.session)

    def call(self, request: spiff.OperationCall) -> Mapping[str, Any] | None:
        """Do a registered operation in a savepoint: what it wrote stands only if it came to its end.

        :raises spiff.BpmnError: the operation's business error; its writes are undone
        :raises spiff.Abort: when the database failed, so that the whole step is undone
        """
        operation = self.engine.acts.operation(request.type)
        try:
            if operation is None:
                raise UnknownOperation(type=request.type)
            with Transaction.of(self.session).sending(), self.session.begin_nested():
                results = operation.call(self._context(request), request.inputs)
            self.tell(request.token_id, SYSTEM, request.type, {**request.inputs, **results})
            return results
        except (spiff.BpmnError, spiff.Abort):
            raise
        except FATAL as error:
            raise spiff.Abort(f"the database failed during {request.type}") from error
        except Refusal:
            raise
        except Exception:
            log.exception("%s failed at %s of instance %s", request.type, request.element_id, self.row.id)
            raise

    def tell(self, token_id: str, actor: Actor, doing: str, values: Mapping[str, Any]) -> None:
        """Keep for the history what a form or operation came to at a token's element."""
        if self.engine.tells is not None:
            self.told[token_id] = self.engine.tells(self.session, actor, doing, values)

    def _context(self, request: spiff.OperationCall) -> Context:
        return Context(
            session=self.session,
            actor=SYSTEM,
            now=self.now(),
            instance_id=self.row.id,
            business_key=self.row.business_key,
            element_id=request.element_id,
            token_id=request.token_id,
            headers=dict(request.headers),
            partners=self.engine.partners,
        )

    def decide(self, decision_id: str, variables: Mapping[str, Any]) -> spiff.DecisionOutcome:
        """Work a decision out: the one of the instance's deployment, else the latest deployed.

        :raises decisions.DecisionFailed: when it has no value, or there is none of that id
        """
        package = self.engine.package(self.session, self.row.deployment_id)
        model = package.models.get(decision_id) or self._latest_model(decision_id)
        if model is None:
            raise decisions.DecisionFailed(decisions.NO_SUCH_DECISION.filled(decision=decision_id))
        result = model.evaluate(decision_id, variables, now=self.now())
        fired = [
            {
                "decision": table.decision,
                "rules": list(table.rules),
                "numbers": list(table.numbers),
                "inputs": feel.to_json(table.inputs),
                "output": feel.to_json(table.output),
            }
            for table in result.fired
        ]
        return spiff.DecisionOutcome(result.value, fired)

    def _latest_model(self, decision_id: str) -> decisions.Model | None:
        deployment_id = self._latest("decision", decision_id)
        return None if deployment_id is None else self.engine.package(self.session, deployment_id).models[decision_id]

    def _latest(self, kind: str, key: str) -> str | None:
        return self.session.scalars(_LATEST, {"kind": kind, "key": key}).first()

    def called_process(self, process_id: str, binding: str) -> spiff.Bundle | None:
        """The bundle of the latest version of a called process, unless it is bound to the caller's deployment."""
        if binding == "deployment":
            return None
        deployment_id = self._latest("process", process_id)
        return None if deployment_id is None else self.engine.package(self.session, deployment_id).diagrams

    def started_with(self, bundle: spiff.Bundle, process_id: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The variables of a called process, as the form of its start event takes them.

        :raises spiff.Failure: with what doesn't fit
        """
        begin = bundle.processes[process_id].body.none_start
        if begin is None or begin.form_id is None:
            return variables
        deployment_id = self.engine.deployment_of(self.session, bundle.key)
        form = start_forms.form_of(self.engine, self.session, deployment_id or self.row.deployment_id, process_id)
        if form is None:
            return variables
        try:
            return start_forms.taken(self.engine, form, variables)
        except forms.FormInvalid as refusal:
            raise spiff.Failure("call", UNFIT.filled(process=process_id, problems=refusal.whole)) from refusal

    def bundle(self, key: str) -> spiff.Bundle | None:
        """The deployed bundle with that key."""
        package = self.engine.package_by_key(self.session, key)
        return None if package is None else package.diagrams
