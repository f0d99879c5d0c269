"""The engine's tables.

An instance's snapshot is the truth about its tokens; the rows of open tasks, timers, subscriptions and incidents are
its projection, written in the same transaction so that lists, timers and messages find their instances by index.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Table, UniqueConstraint, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.engine.states import (
    ChangeKind,
    DefinitionKind,
    DeliveryKind,
    DeploymentState,
    InstanceState,
    OfferKind,
    SubscriptionKind,
    TaskKind,
)
from app.foundation.database import Base, Json, UtcDateTime, new_id, one_of
from app.foundation.text import Text

SOMEDAY = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a task without a due date stands in lists that are sorted by it."""


def table_of(record: type[Base]) -> Table:
    """A record's table, for writing many rows at once without the identity map."""
    return cast(Table, record.__table__)


def stored_key(key: str | None) -> str | None:
    """A correlation key as its column holds it: a very long one as its SHA-256."""
    return key if key is None or len(key) <= 400 else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


class Deployment(Base):
    """One immutable bundle of diagrams, decisions and forms; while it is a draft, its files may still change.

    ``hash`` is the SHA-256 over names and contents.
    """

    __tablename__ = "engine_deployment"
    __table_args__ = (Index(None, "hash"), Index(None, "state", "saved_at"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    hash: Mapped[str] = mapped_column(String(64))
    diagrams_key: Mapped[str] = mapped_column(String(64), index=True, default="")
    title_en: Mapped[str] = mapped_column(String(300), default="")
    title_zh: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[DeploymentState] = mapped_column(one_of(DeploymentState, 12, "state"))
    version: Mapped[int] = mapped_column(default=1)
    why: Mapped[str] = mapped_column(LongText, default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[str] = mapped_column(String(64))
    saved_by_name: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_by: Mapped[str | None] = mapped_column(String(64))
    proposed_by_name: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    decision_reasons: Mapped[str] = mapped_column(LongText, default="")
    contents: Mapped[list[DeployedFile]] = relationship(
        order_by="DeployedFile.name", cascade="all, delete-orphan", lazy="select"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def title(self) -> Text:
        """What it is called: as its drafter said, else by the processes in it."""
        return Text(self.title_en, self.title_zh)


class DeployedFile(Base):
    """One file of a deployment, byte for byte as it was given."""

    __tablename__ = "engine_file"
    deployment_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Definition(Base):
    """A version of a process or decision, in the deployment that brought it."""

    __tablename__ = "engine_definition"
    __table_args__ = (UniqueConstraint("kind", "key", "version"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[DefinitionKind] = mapped_column(one_of(DefinitionKind, 10, "kind"))
    key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    deployment_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_deployment.id"), index=True)
    file: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    name_zh: Mapped[str] = mapped_column(String(300), default="")
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def name(self) -> Text:
        """The process's or decision's name in both languages."""
        return Text(self.name_en or self.key, self.name_zh or self.name_en or self.key)


class InstanceRow(Base):
    """One running or ended process instance.

    ``version`` grows by one with every step; ``history_length`` numbers its history.
    """

    __tablename__ = "engine_instance"
    __table_args__ = (
        Index(None, "state", "started_at"),
        Index(None, "process_id", "state"),
        Index(None, "business_key"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    definition_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_definition.id"))
    deployment_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_deployment.id"))
    process_id: Mapped[str] = mapped_column(String(200))
    business_key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[InstanceState] = mapped_column(one_of(InstanceState, 10, "state"), default=InstanceState.ACTIVE)
    version: Mapped[int] = mapped_column(default=1)
    engine_version: Mapped[str] = mapped_column(String(40), default="")
    history_length: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str] = mapped_column(String(64))
    started_by_name: Mapped[str] = mapped_column(String(200), default="")
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    snapshot: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class OpenTaskRow(Base):
    """A task that waits for a person. ``version`` changes when it is claimed, given back or assigned.

    ``assignee_id`` is whom the diagram names, ``claimed_by`` who took it or was given it, ``holder_id`` whichever of
    them counts. ``duty`` names the element whose doer may not do this one. Names and texts are copied from the
    diagram, so that the inbox needs no definition. ``remind_at`` is when its people are reminded next.
    """

    __tablename__ = "engine_task"
    __table_args__ = (
        Index(None, "instance_id"),
        Index(None, "due_at"),
        Index(None, "form_id"),
        Index(None, "remind_at"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    instance_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_instance.id"))
    token_id: Mapped[str] = mapped_column(String(64))
    element_id: Mapped[str] = mapped_column(String(200))
    process_id: Mapped[str] = mapped_column(String(200))
    business_key: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[TaskKind] = mapped_column(one_of(TaskKind, 10, "kind"))
    form_id: Mapped[str | None] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(300))
    name_zh: Mapped[str] = mapped_column(String(300))
    law: Mapped[str | None] = mapped_column(String(200))
    stage: Mapped[str | None] = mapped_column(String(100))
    duty: Mapped[str | None] = mapped_column(String(200))
    item_index: Mapped[int | None]
    candidate_groups: Mapped[list[str]] = mapped_column(Json, default=list)
    candidate_users: Mapped[list[str]] = mapped_column(Json, default=list)
    assignee_id: Mapped[str | None] = mapped_column(String(64))
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_by_name: Mapped[str | None] = mapped_column(String(200))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    priority: Mapped[int] = mapped_column(default=50)
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)
    draft_by: Mapped[str | None] = mapped_column(String(64))
    draft_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def holder_id(self) -> str | None:
        """Who has it now: who claimed it, else whom the diagram names."""
        return self.claimed_by or self.assignee_id

    @property
    def name(self) -> Text:
        """What to do, in both languages."""
        return Text(self.name_en, self.name_zh)


class WaitingReminder(Base):
    """A person's reminder of a task, until it goes out with the others of its day."""

    __tablename__ = "engine_reminder"
    __table_args__ = (Index(None, "send_at"),)
    task_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    send_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StartDraft(Base):
    """What a person has entered so far in the start form of a process: nothing was started, and nobody else sees it."""

    __tablename__ = "engine_start_draft"
    process_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    entered: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Offer(Base):
    """To whom a task shows in the inbox: one row for its holder and for each candidate, sorted as the inbox sorts.

    ``free`` is false on candidates' rows while somebody holds the task.
    ``urgency`` is the priority turned round, so that every column of the index rises.
    """

    __tablename__ = "engine_offer"
    __table_args__ = (Index("ix_engine_offer_inbox", "kind", "name", "free", "due_at", "urgency", "task_id"),)
    task_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_task.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[OfferKind] = mapped_column(one_of(OfferKind, 6, "kind"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    free: Mapped[bool] = mapped_column(default=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    urgency: Mapped[int] = mapped_column(default=-50)


class TimerRow(Base):
    """A due time. ``wake_at`` is when to look: empty while its instance is suspended, later after a failure.

    A timer that starts a process has a ``definition_id`` and no instance, and says when its first firing was armed.
    """

    __tablename__ = "engine_timer"
    __table_args__ = (
        UniqueConstraint("instance_id", "token_id", "occurrence"),
        Index(None, "wake_at", "due_at"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    instance_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("engine_instance.id"))
    definition_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("engine_definition.id"), index=True)
    token_id: Mapped[str] = mapped_column(String(64), default="")
    element_id: Mapped[str] = mapped_column(String(200))
    process_id: Mapped[str] = mapped_column(String(200))
    occurrence: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wake_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    armed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)


class SubscriptionRow(Base):
    """Where a message or signal is awaited: by a token of an instance, or by a definition that it starts."""

    __tablename__ = "engine_subscription"
    __table_args__ = (
        Index(None, "kind", "name", "correlation_key"),
        Index(None, "instance_id"),
        Index(None, "definition_id"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    instance_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("engine_instance.id"))
    definition_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("engine_definition.id"))
    token_id: Mapped[str] = mapped_column(String(64), default="")
    element_id: Mapped[str] = mapped_column(String(200))
    process_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[SubscriptionKind] = mapped_column(one_of(SubscriptionKind, 12, "kind"))
    name: Mapped[str] = mapped_column(String(200), default="")
    correlation_key: Mapped[str | None] = mapped_column(String(400))


class BufferedMessage(Base):
    """A message that nobody waited for yet (until ``expires_at``), or whose receiver was busy (``target_id``)."""

    __tablename__ = "engine_message"
    __table_args__ = (Index(None, "name", "correlation_key"), Index(None, "expires_at"), Index(None, "target_id"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    correlation_key: Mapped[str | None] = mapped_column(String(400))
    variables: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[DeliveryKind] = mapped_column(one_of(DeliveryKind, 12, "kind"), default=DeliveryKind.MESSAGE)
    target_id: Mapped[str | None] = mapped_column(String(32))
    token_id: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeliveredMessageId(Base):
    """The id of a message that was taken in; kept for good, so that it is never taken in twice."""

    __tablename__ = "engine_message_id"
    message_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    instance_id: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class IncidentRow(Base):
    """Something that keeps an element from going on until a person sets it right. Open while ``resolved_at`` is empty.

    ``kind``: the core's kinds (operation, expression, gateway, …), or ``timer`` and ``message`` when the whole step
    failed and nothing of it was kept.
    """

    __tablename__ = "engine_incident"
    __table_args__ = (Index(None, "resolved_at", "opened_at"), Index(None, "instance_id", "resolved_at"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    instance_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("engine_instance.id"))
    token_id: Mapped[str] = mapped_column(String(64))
    element_id: Mapped[str] = mapped_column(String(200))
    process_id: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    name_zh: Mapped[str] = mapped_column(String(300), default="")
    kind: Mapped[str] = mapped_column(String(20))
    message_en: Mapped[str] = mapped_column(LongText)
    message_zh: Mapped[str] = mapped_column(LongText)
    retries_left: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str | None] = mapped_column(String(64))

    @property
    def message(self) -> Text:
        """What is wrong."""
        return Text(self.message_en, self.message_zh)

    @property
    def name(self) -> Text:
        """Where it is wrong: the element's name."""
        return Text(self.name_en or self.element_id, self.name_zh or self.name_en or self.element_id)


class InstanceChange(Base):
    """An instance moved to another version (``migrate``) or changed by hand (``modify``), with what it was before.

    ``plan``: what was done, as JSON. ``version``: the instance's version right after it; while it still has that one,
    the change can be taken back exactly.
    """

    __tablename__ = "engine_instance_change"
    __table_args__ = (Index(None, "instance_id", "id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    instance_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_instance.id"))
    kind: Mapped[ChangeKind] = mapped_column(one_of(ChangeKind, 10, "kind"))
    before_definition_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_definition.id"))
    after_definition_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_definition.id"))
    before: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    plan: Mapped[dict[str, Any]] = mapped_column(Json)
    reasons: Mapped[str] = mapped_column(LongText)
    version: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(64))
    made_by_name: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reverted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reverted_by: Mapped[str | None] = mapped_column(String(64))


class HistoryRow(Base):
    """One thing that happened in an instance, with the names as they were then; never changed, never deleted.

    ``kind``: what the core reports (entered, completed, cancelled, fired, taken, incident, resolved, thrown_message,
    thrown_signal, decision, escalation, started, ended, variables) and what persons do besides (claimed, given_back,
    assigned, suspended, resumed, message, signal, retried, set, …).
    """

    __tablename__ = "engine_history"
    __table_args__ = (
        Index(None, "instance_id", "element_id", "kind"),
        Index(None, "task_id"),
        # for the cases a person acted in; most rows are the system's own
        Index(
            "ix_engine_history_actor",
            "actor_id",
            "instance_id",
            sqlite_where=text("actor_id != 'system'"),
            postgresql_where=text("actor_id != 'system'"),
        ),
    )
    instance_id: Mapped[str] = mapped_column(String(32), ForeignKey("engine_instance.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(20))
    element_id: Mapped[str | None] = mapped_column(String(200))
    element_kind: Mapped[str | None] = mapped_column(String(40))
    process_id: Mapped[str | None] = mapped_column(String(200))
    name_en: Mapped[str | None] = mapped_column(String(300))
    name_zh: Mapped[str | None] = mapped_column(String(300))
    token_id: Mapped[str | None] = mapped_column(String(64))
    scope_id: Mapped[str | None] = mapped_column(String(64))
    task_id: Mapped[str | None] = mapped_column(String(32))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)
