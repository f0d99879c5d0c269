"""What other engines' words in a diagram would have said: attributes and extension elements of their namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.findings import warning
from app.engine.spiff import xml
from app.engine.spiff.xml import Element
from app.foundation.text import Text

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
CAMUNDA_7 = {
    CAMUNDA: "camunda",
    "http://operaton.org/schema/1.0/bpmn": "operaton",
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
    "http://flowable.org/modeler": "flowable-modeler",
}
"""Namespaces in which Camunda 7 and its relatives say the same by the same names, with the prefix each is known by."""
ENGINES = CAMUNDA_7 | {
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiffworkflow",
    "http://www.jboss.org/drools": "drools",
    "http://www.jboss.org/drools/flow": "drools",
    "http://www.omg.org/bpmn20/jbpm": "jbpm",
    "http://www.bonitasoft.org/studio/connector/definition/6.0": "bonita",
    "http://xmlns.oracle.com/bpm/OracleExtensions": "oracle",
    "http://www.imixs.org/bpmn2": "imixs",
}
"""Namespaces of engines: what they say would have been executed there."""
_DRAWING = frozenset(
    {
        "http://camunda.org/schema/modeler/1.0",
        "http://bpmn.io/schema/bpmn",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://www.w3.org/XML/1998/namespace",
    }
)
"""Namespaces that say how a diagram looks or was written, not what happens in it."""
_OURS = frozenset({None, xml.BPMN, xml.ZEEBE, xml.XSI})

NOT_EXECUTED = warning(
    "foreign-not-executed",
    Text("%(name)s is another engine's and is not executed here", "%(name)s 属于其他引擎，此处不执行"),
    Text("take the file in with “import”, and draw what it leaves", "请用“import”导入该文件，并补画其遗留的内容"),
)


@dataclass(frozen=True)
class Said:
    """A foreign word: its namespace, how people write it (``camunda:assignee``), and its value where it is an attribute."""

    namespace: str
    name: str
    value: str | None = None

    @property
    def is_engine(self) -> bool:
        """Whether it would have been executed by another engine."""
        return self.namespace in ENGINES

    @property
    def shown(self) -> str:
        """The word with its value."""
        return self.name if self.value is None else f"{self.name}=“{self.value}”"


def said(element: Element) -> Iterator[Said]:
    """What foreign words an element has: its attributes, then what stands in its extension elements."""
    for key, value in element.attrib.items():
        namespace, name = xml.split_name(key)
        if namespace not in _OURS and namespace not in _DRAWING:
            yield Said(str(namespace), _written(element, namespace, name), str(value))
    for holder in xml.children(element, "extensionElements"):
        for child in holder.iterchildren("*"):
            namespace, name = xml.split(child)
            if namespace not in _OURS and namespace not in _DRAWING:
                yield Said(str(namespace), _written(child, namespace, name))


def _written(element: Element, namespace: str | None, name: str) -> str:
    prefix = ENGINES.get(namespace or "") or next(
        (prefix for prefix, uri in element.nsmap.items() if uri == namespace and prefix), None
    )
    return f"{prefix}:{name}" if prefix else f"{{{namespace}}}{name}"
