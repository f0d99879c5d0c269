"""The states and kinds that the engine's rows have: each value as it is written in the tables, with its meaning beside it."""

from __future__ import annotations

from enum import StrEnum


class DeploymentState(StrEnum):
    """The life of a bundle of diagrams, decisions and forms."""

    DRAFT = "draft"  #: its files may still change, and may have errors
    PROPOSED = "proposed"  #: another person is to decide
    DEPLOYED = "deployed"  #: in use; its files never change again
    REJECTED = "rejected"  #: another person refused it, with reasons; it may be changed and proposed again
    RETIRED = "retired"  #: nothing starts by it any more; what runs by it goes on


class InstanceState(StrEnum):
    """Whether a process instance goes on."""

    ACTIVE = "active"  #: its tokens move
    SUSPENDED = "suspended"  #: nothing of it moves until a person resumes it
    COMPLETED = "completed"  #: no token is left
    CANCELLED = "cancelled"  #: a person ended it


RUNNING = (InstanceState.ACTIVE, InstanceState.SUSPENDED)
"""The states of what has not ended."""


class TokenState(StrEnum):
    """What a token of an instance is doing."""

    READY = "ready"  #: about to go on
    OPEN = "open"  #: a person is to do its task
    WAITING = "waiting"  #: for a message, a time, another token or a called process
    LISTENING = "listening"  #: beside its activity or process, for an event that may never come
    INCIDENT = "incident"  #: cannot go on until a person sets something right


class DefinitionKind(StrEnum):
    """What a deployment defines."""

    PROCESS = "process"  #: of a diagram
    DECISION = "decision"  #: of a DMN file


class TaskKind(StrEnum):
    """What somebody does to an open task."""

    USER = "user"  #: fills in its form
    MANUAL = "manual"  #: says that it was done, elsewhere
    RECEIVE = "receive"  #: nothing: a message is awaited


class OfferKind(StrEnum):
    """By what a task is somebody's."""

    HOLDER = "holder"  #: took it, or was given it
    GROUP = "group"  #: has a role that may take it
    USER = "user"  #: is named among those who may take it


class SubscriptionKind(StrEnum):
    """What is awaited."""

    MESSAGE = "message"  #: one by this name and correlation key
    SIGNAL = "signal"  #: any by this name
    CONDITIONAL = "conditional"  #: that a condition over variables becomes true


class DeliveryKind(StrEnum):
    """What is on its way."""

    MESSAGE = "message"  #: to one receiver
    SIGNAL = "signal"  #: to everyone who waits for it
    BUFFERED = "buffered"  #: none by itself: a receiver now waits for what the buffer may hold


class ChangeKind(StrEnum):
    """How a person changed a running instance."""

    MIGRATE = "migrate"  #: to another version of its diagram
    MODIFY = "modify"  #: its tokens or variables
