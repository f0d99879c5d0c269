"""The engine: everything that steps need and no step changes, made once for each serving process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.engine import spiff
from app.engine.acts import Registry
from app.engine.bundles import Package, load
from app.engine.cache import Cache
from app.engine.duties import Duties
from app.engine.forms import Form, Library
from app.engine.records import DeployedFile, Deployment
from app.engine.states import DeploymentState
from app.foundation import clock as clocks
from app.foundation.actor import Actor
from app.foundation.text import Text

ADMINISTRATOR = "administrator"
"""The role that may do what nobody else may: tasks that nobody was named for, incidents, suspending, cancelling."""


Lacking = Callable[[str], Iterable[Text]]
"""What a process lacks that stands outside the diagrams: ``process id -> what``."""
Tells = Callable[[Session, Actor, str, Mapping[str, Any]], Mapping[str, Any]]
"""What the history tells of a step beside its name: ``(session, who did it, form or operation, its values) -> details``."""


def _nothing(_process_id: str) -> Iterable[Text]:
    return ()


def _as_named(group: str, _variables: Mapping[str, Any]) -> str:
    return group


@dataclass
class Engine:
    """The platform's parts and rules.

    ``forms``: the library of forms; a deployment keeps its own copies of those it names. ``roles``: the known role
    names (None: any name goes). ``resolve_group(group, variables)`` turns a candidate group into the group of an
    actor. ``acts``: what service tasks and forms do, ``partners`` what these need of the world outside the database.
    ``duties``: which forms one person may not fill in both. ``stand_ins``: forms, roles and acts aren't judged
    (scenarios). ``observe`` is told each step's events. ``tells``: what history keeps of a step that is done, beside
    its name: its result, and what it was about. ``lacking``: what a process to be deployed lacks.
    """

    clock: clocks.Clock | None = None
    forms: Library = field(default_factory=Library)
    acts: Registry = field(default_factory=Registry)
    partners: Any = None
    roles: Mapping[str, Text] | None = None
    resolve_group: Callable[[str, Mapping[str, Any]], str] = _as_named
    zone: tzinfo = clocks.PLACE
    cache_size: int = 200
    portion: spiff.Portion = field(default_factory=spiff.Portion)
    step_limit: int = 100_000
    automatic_retries: bool = True
    stand_ins: bool = False
    duties: Duties = field(default_factory=Duties)
    observe: Callable[[str, list[Any]], None] | None = None
    tells: Tells | None = None
    lacking: Lacking = _nothing
    cache: Cache = field(init=False)
    _packages: OrderedDict[str, Package] = field(init=False, default_factory=OrderedDict)
    _lock: Lock = field(init=False, default_factory=Lock)

    def __post_init__(self) -> None:
        self.cache = Cache(self.cache_size)

    def package(self, session: Session, deployment_id: str) -> Package:
        """A deployed bundle, read once and kept."""
        with self._lock:
            found = self._packages.get(deployment_id)
            if found is not None:
                self._packages.move_to_end(deployment_id)
                return found
        files = session.execute(
            select(DeployedFile.name, DeployedFile.content)
            .where(DeployedFile.deployment_id == deployment_id)
            .order_by(DeployedFile.name)
        )
        package = load({file.name: file.content for file in files})
        self.keep(deployment_id, package)
        return package

    def package_by_key(self, session: Session, key: str) -> Package | None:
        """The deployed bundle whose diagrams have that ``Bundle.key``, or None."""
        found = self.deployment_of(session, key)
        return None if found is None else self.package(session, found)

    def deployment_of(self, session: Session, key: str) -> str | None:
        """The id of a deployment whose diagrams have that ``Bundle.key``, or None."""
        return session.scalars(
            select(Deployment.id)
            .where(
                Deployment.diagrams_key == key,
                Deployment.state.in_((DeploymentState.DEPLOYED, DeploymentState.RETIRED)),
            )
            .limit(1)
        ).first()

    def keep(self, deployment_id: str, package: Package) -> None:
        """Keep a bundle that was read, and let the one go that was asked for the longest time ago."""
        with self._lock:
            self._packages[deployment_id] = package
            while len(self._packages) > 100:
                self._packages.popitem(last=False)

    def form(self, session: Session, deployment_id: str, form_id: str) -> Form | None:
        """A task's form: as its deployment has it, else as it stands in the library."""
        return self.package(session, deployment_id).forms.get(form_id) or self.forms.get(form_id)

    def forget(self) -> None:
        """Forget everything kept in memory; the next step reads it from the database."""
        self.cache.clear()
        with self._lock:
            self._packages.clear()

    def use_clock(self, session_factory: sessionmaker[Session]) -> None:
        """Let the sessions of a factory take their time from the engine's clock, if it has one of its own."""
        if self.clock is not None:
            clocks.use(session_factory, self.clock)
