"""Mutants: a good diagram with one thing changed, always the same for the same diagram."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
NODES = (
    "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "callActivity",
    "subProcess", "transaction", "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway", "adHocSubProcess",
)  # fmt: skip
DEFINITIONS = (
    "messageEventDefinition", "timerEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
    "conditionalEventDefinition", "linkEventDefinition", "compensateEventDefinition", "cancelEventDefinition", "terminateEventDefinition",
)  # fmt: skip
VALUES = (
    "", "nonsense", "=1 +", "=null", "=[1, 2]", '="text"', "=-1", "=1/0", '={"a": 1}', "=true", "=function(x) x", "=[1..5]", "0",
    "true", "false", "P1D", '=duration("P1D")', '=date("2026-01-01")', "R/PT0S", "9" * 400, "=10 ** 40", '=string join(for i in 1..400 return "x")', "x" * 5_000, "\u202e\u0007中".replace("\x07", ""),
)  # fmt: skip

Mutation = Callable[[etree._Element], None]


def mutants(diagram: bytes, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """``count`` mutants of a diagram, chosen from all by ``seed``: what was done, and the file."""
    root = etree.fromstring(diagram)
    places = [element for element in root.iter() if str(element.tag).startswith((BPMN, ZEEBE)) and element is not root]
    chooser = random.Random(seed)
    for _ in range(count):
        index = chooser.randrange(len(places))
        copy = deepcopy(root)
        element = _same(copy, root, places[index])
        name, change = chooser.choice(list(_changes(element, chooser)))
        what = f"{name} at {etree.QName(element).localname} {element.get('id') or ''}"
        change(element)
        yield what, etree.tostring(copy)


def _same(copy: etree._Element, root: etree._Element, element: etree._Element) -> etree._Element:
    return copy.getroottree().find(root.getroottree().getelementpath(element)) if element is not root else copy


def _changes(element: etree._Element, chooser: random.Random) -> Iterator[tuple[str, Mutation]]:
    """Everything that can be done to an element."""
    yield "drop", lambda at: at.getparent().remove(at)
    yield "double", lambda at: at.addnext(deepcopy(at))
    yield "shuffle", lambda at: _shuffle(at, chooser)
    tree = element.getroottree()
    for key in element.keys():  # noqa: SIM118
        value = chooser.choice(VALUES)
        other = chooser.choice(tree.xpath(f"//@{key}") if "}" not in key else [value])
        anything = chooser.choice(tree.xpath("//@id"))
        yield f"remove {key}", lambda at, key=key: at.attrib.pop(key)
        yield f"{key}={value[:20]!r}", lambda at, key=key, value=value: at.set(key, value)
        yield f"{key}={other[:20]!r}", lambda at, key=key, value=other: at.set(key, value)
        yield f"{key}={anything!r}", lambda at, key=key, value=anything: at.set(key, value)
    if element.get("sourceRef"):
        yield "turn round", _turn
    name = etree.QName(element).localname
    for kinds in (NODES, DEFINITIONS):
        if name in kinds:
            kind = chooser.choice(kinds)
            yield f"become {kind}", lambda at, kind=kind: setattr(at, "tag", BPMN + kind)
    if (element.text or "").strip():
        value = chooser.choice(VALUES)
        yield f"text {value[:20]!r}", lambda at, value=value: setattr(at, "text", value)
    holders = tree.xpath("//*[local-name()='process' or local-name()='subProcess' or local-name()='transaction']")
    holder = tree.getelementpath(chooser.choice(holders))
    yield f"move into {holder[-40:]}", lambda at, holder=holder: _move(at, holder)


def _shuffle(at: etree._Element, chooser: random.Random) -> None:
    children = list(at)
    chooser.shuffle(children)
    at[:] = children


def _turn(at: etree._Element) -> None:
    source, target = at.get("sourceRef"), at.get("targetRef")
    at.set("sourceRef", target or "")
    at.set("targetRef", source or "")


def _move(at: etree._Element, holder: str) -> None:
    into = at.getroottree().find(holder)
    if into is not None and at not in (into, *into.iterancestors()):
        into.append(at)
