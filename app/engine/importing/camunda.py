"""Camunda 7 and its relatives to the dialect: what their attributes and elements say, as ``zeebe:`` extensions.

What has an equal here is moved; what only says how another engine runs a process is removed. What has no equal (listeners,
Java code, form fields, scripts) stays in the file, is read past when it is executed, and is listed as left, by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import PurePosixPath

from app.engine.importing.changes import Diagram, drop, is_bpmn, seven, sevens, told, written, zeebe
from app.engine.importing.juel import Untranslatable, is_expression, to_feel
from app.engine.spiff import foreign, vocabulary, xml
from app.engine.spiff.xml import Element
from app.foundation.text import Text

_RUNNING = frozenset(
    {
        "async", "asyncBefore", "asyncAfter", "exclusive", "jobPriority", "historyTimeToLive", "isStartableInTasklist", "versionTag",
        "diagramRelationId", "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "taskPriority", "modelversion",
    }
)  # fmt: skip
"""Attributes that say how another engine runs a process, not what happens in it."""
_INSTEAD = {
    "executionListener": Text("draw a service task before or after it", "请在其前后画服务任务"),
    "taskListener": Text("draw a service task before or after it", "请在其前后画服务任务"),
    "formData": Text("make a form in forms/ and name it with zeebe:formDefinition", "请在 forms/ 中建立表单并用 zeebe:formDefinition 引用"),
    "formProperty": Text("make a form in forms/ and name it with zeebe:formDefinition", "请在 forms/ 中建立表单并用 zeebe:formDefinition 引用"),
    "field": Text("give the operation an input mapping", "请为操作编写输入映射"),
    "class": Text("use zeebe:taskDefinition with the type of an operation", "请改用 zeebe:taskDefinition 并填写操作类型"),
    "expression": Text("use zeebe:taskDefinition with the type of an operation", "请改用 zeebe:taskDefinition 并填写操作类型"),
    "delegateExpression": Text("use zeebe:taskDefinition with the type of an operation", "请改用 zeebe:taskDefinition 并填写操作类型"),
    "connector": Text("use zeebe:taskDefinition with the type of an operation", "请改用 zeebe:taskDefinition 并填写操作类型"),
    "serviceTaskOperator": Text("use zeebe:taskDefinition with the type of an operation", "请改用 zeebe:taskDefinition 并填写操作类型"),
    "initiator": Text("who started a case is in its history; get it with an operation", "启动人记录于历史中，如需使用请通过操作取得"),
    "failedJobRetryTimeCycle": Text("give zeebe:taskDefinition its retries", "请设置 zeebe:taskDefinition 的重试次数"),
    "skipExpression": Text("draw an exclusive gateway before it", "请在其前画排他网关"),
    "resultVariable": Text("write an output mapping", "请编写输出映射"),
    "preScript": Text("write an input mapping", "请编写输入映射"),
    "postScript": Text("write an output mapping", "请编写输出映射"),
}  # fmt: skip
"""What to draw instead of what is left, by the word's name."""
_OTHERWISE = Text("draw what it means, or remove it", "请画出其含义，或将其删除")
_GLOBALS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
_PEOPLE = {
    "assignee": ("assignmentDefinition", "assignee"),
    "candidateGroups": ("assignmentDefinition", "candidateGroups"),
    "candidateUsers": ("assignmentDefinition", "candidateUsers"),
    "dueDate": ("taskSchedule", "dueDate"),
    "followUpDate": ("taskSchedule", "followUpDate"),
    "priority": ("priorityDefinition", "priority"),
}  # fmt: skip


def translate(diagram: Diagram) -> None:
    """Move what Camunda 7 says in processes that are executed, and translate its expressions wherever they stand."""
    for node in list(diagram.nodes()):
        translator = _Node(diagram, node)
        _BY_KIND.get(xml.local(node), _Node.nothing)(translator)
        translator.mappings()
        translator.repetition()
    _drop_globals(diagram)
    for body in list(diagram.bodies()):
        _expressions(diagram, body)
    for name, attribute in (
        ("message", "name"),
        ("signal", "name"),
        ("error", "errorCode"),
        ("escalation", "escalationCode"),
    ):
        for element in xml.children(diagram.root, name):
            _attribute(diagram, element, attribute)
    _rest(diagram)


def _drop_globals(diagram: Diagram) -> None:
    """Global tasks whose calls have become tasks are not needed any more."""
    called = {xml.reference(node.get("calledElement")) for node in diagram.root.iter(f"{{{xml.BPMN}}}callActivity")}
    for element in list(diagram.root):
        if is_bpmn(element) and xml.local(element) in _GLOBALS and element.get("id") not in called:
            diagram.note(
                element, "the global task, which nothing calls any more, was removed", "已删除不再被调用的全局任务"
            )
            diagram.root.remove(element)


def _attribute(diagram: Diagram, element: Element, name: str) -> None:
    text = element.get(name)
    if text is not None and is_expression(text):
        translated = _translated(diagram, element, text)
        if translated is not None:
            element.set(name, translated)
            diagram.note(element, f"{name} {text} became {translated}", f"{name} {text} 已改写为 {translated}")


def _translated(diagram: Diagram, element: Element, text: str) -> str | None:
    """A text with its expression in FEEL; None, and listed as left, when it has no equal."""
    try:
        return to_feel(text.strip())
    except Untranslatable as wrong:
        diagram.leave(
            element,
            f"“{text.strip()}” has no equal in FEEL ({wrong}); write it again",
            f"“{text.strip()}”无法直接改写为 FEEL（{wrong}），请重新书写",
        )
        return None


class _Node:
    """One flow node that may say something in the words of Camunda 7."""

    def __init__(self, diagram: Diagram, node: Element) -> None:
        self.diagram = diagram
        self.node = node

    def take(self, name: str) -> str | None:
        return told(self.node, name)

    def remove(self, name: str) -> None:
        if key := seven(self.node, name):
            del self.node.attrib[key]

    def moved(self, name: str, extension: str, attribute: str, value: str) -> None:
        """Another engine's attribute has become an attribute of a ``zeebe:`` extension."""
        key = seven(self.node, name)
        assert key is not None, name
        zeebe(self.node, extension, **{attribute: value})
        old = str(self.node.attrib.pop(key))
        self.diagram.note(
            self.node,
            f'{written(key)}="{old}" became zeebe:{extension} {attribute}="{value}"',
            f'{written(key)}="{old}" 已改为 zeebe:{extension} {attribute}="{value}"',
        )

    def nothing(self) -> None:
        """Of this kind, Camunda 7 says nothing that we'd move."""

    def user_task(self) -> None:
        for name, (extension, attribute) in _PEOPLE.items():
            text = self.take(name)
            value = _translated(self.diagram, self.node, text) if text is not None else None
            if value is not None:
                value = _moment(value) if extension == "taskSchedule" else value
                zeebe(self.node, "userTask")
                self.moved(name, extension, attribute, value)
        if self.form():
            zeebe(self.node, "userTask")

    def form(self) -> bool:
        """Whether a form was named in Camunda 7's words, or by Camunda 8's key, and is now the dialect's."""
        found = self.form_by_key()
        for name in ("formRef", "formKey"):
            text = self.take(name)
            if text is not None and not is_expression(text):
                self.moved(name, "formDefinition", "formId", _form_id(text))
                found = True
        return found

    def form_by_key(self) -> bool:
        """Camunda 8's forms inside the file, and those of others, are named by a key; here all have an id."""
        holder = xml.child(self.node, "extensionElements")
        definition = xml.child(holder, "formDefinition", xml.ZEEBE) if holder is not None else None
        if definition is None or definition.get("formId"):
            return False
        for name in ("formKey", "externalReference"):
            key = definition.get(name)
            if key and not key.startswith("="):
                definition.set("formId", _form_id(key))
                del definition.attrib[name]
                self.diagram.note(
                    self.node,
                    f'zeebe:formDefinition {name}="{key}" became formId="{_form_id(key)}"',
                    f'zeebe:formDefinition {name}="{key}" 已改为 formId="{_form_id(key)}"',
                )
                return True
        return False

    def start(self) -> None:
        """Only where somebody starts by hand does a form mean something: at a process's own plain start event."""
        parent = self.node.getparent()
        if parent is not None and xml.local(parent) == "process" and not _waits(self.node):
            self.form()

    def service_task(self) -> None:
        topic = self.take("topic")
        if self.take("type") == "external" and topic is not None and not is_expression(topic):
            self.moved("topic", "taskDefinition", "type", topic)
            self.remove("type")
            return
        for name in ("class", "delegateExpression"):
            text = self.take(name)
            bean = re.fullmatch(r"[$#]\{(\w+)\}|([\w.]+)", (text or "").strip())
            if bean is not None:
                self.moved(name, "taskDefinition", "type", bean[1] or bean[2])
                return

    def rule_task(self) -> None:
        decision, result = self.take("decisionRef"), self.take("resultVariable")
        if decision is None:
            return self.service_task()
        if self.take("mapDecisionResult") not in ("singleEntry", "singleResult", "collectEntries"):
            return self.diagram.leave(
                self.node,
                "mapDecisionResult is not singleEntry, singleResult or collectEntries, so the result would have another form; use zeebe:calledDecision",
                "mapDecisionResult 不是 singleEntry、singleResult 或 collectEntries，结果形式会不同，请改用 zeebe:calledDecision",
            )
        value = _translated(self.diagram, self.node, decision)
        if value is not None:
            self.moved("decisionRef", "calledDecision", "decisionId", value)
            if result is not None:
                self.moved("resultVariable", "calledDecision", "resultVariable", result)
            self.remove("mapDecisionResult")
        return None

    def script_task(self) -> None:
        script, result = xml.child(self.node, "script"), self.take("resultVariable")
        if script is None or self.node.get("scriptFormat", "").lower() != "juel" or result is None:
            return
        value = _translated(self.diagram, self.node, xml.content(script))
        if value is not None and value.startswith("="):
            zeebe(self.node, "script", expression=value, resultVariable=result)
            self.diagram.note(self.node, f"its script became zeebe:script {value}", f"脚本已改为 zeebe:script {value}")
            self.node.remove(script)
            del self.node.attrib["scriptFormat"]
            self.remove("resultVariable")

    def call(self) -> None:
        called = self.node.get("calledElement")
        value = (
            _translated(self.diagram, self.node, xml.reference(called) or "")
            if called and not is_expression(called)
            else None
        )
        if called and is_expression(called):
            value = _translated(self.diagram, self.node, called)
        if not value or self._calls_global(value):
            return
        zeebe(self.node, "calledElement", processId=value, propagateAllChildVariables="false")
        del self.node.attrib["calledElement"]
        self.diagram.note(
            self.node,
            f"calledElement became zeebe:calledElement processId=“{value}”",
            f"calledElement 已改为 zeebe:calledElement processId=“{value}”",
        )
        self._passed()

    def _calls_global(self, name: str) -> bool:
        """A call of a global task is that task."""
        for element in self.diagram.root:
            if is_bpmn(element) and element.get("id") == name and xml.local(element) in _GLOBALS:
                self.node.tag = f"{{{xml.BPMN}}}{_GLOBALS[xml.local(element)]}"
                del self.node.attrib["calledElement"]
                self.diagram.note(
                    self.node,
                    f"the call of the {xml.local(element)} “{name}” became that task",
                    f"对全局任务“{name}”的调用已改为该任务本身",
                )
                return True
        return False

    def _passed(self) -> None:
        """Variables in and out of a called process. BPMN passes none; Camunda 7 passes what it is told to."""
        for holder in xml.children(self.node, "extensionElements"):
            for entry in [*sevens(holder, "in"), *sevens(holder, "out")]:
                kind = "input" if xml.local(entry) == "in" else "output"
                source, expression, target = entry.get("source"), entry.get("sourceExpression"), entry.get("target")
                if entry.get("variables") == "all":
                    if kind == "output":
                        zeebe(self.node, "calledElement", propagateAllChildVariables="true")
                    value: str | None = ""
                elif target and source:
                    value = f"={source}"
                else:
                    value = _translated(self.diagram, self.node, expression) if target and expression else None
                if value is None:
                    self.diagram.leave(
                        self.node,
                        f"{xml.local(entry)} can't be moved; write a {kind} mapping",
                        f"{xml.local(entry)} 无法移动，请编写映射",
                    )
                    continue
                if value:
                    self._map(kind, value, target or "")
                drop(entry)

    def _map(self, kind: str, source: str, target: str) -> None:
        mapping = zeebe(self.node, "ioMapping")
        made = mapping.makeelement(f"{{{xml.ZEEBE}}}{kind}")
        made.set("source", source)
        made.set("target", target)
        mapping.append(made)
        self.diagram.note(self.node, f"the {kind} “{target}” is {source}", f"映射“{target}”为 {source}")

    def mappings(self) -> None:
        """``inputOutput`` as ``zeebe:ioMapping``."""
        for holder in xml.children(self.node, "extensionElements"):
            for group in sevens(holder, "inputOutput"):
                for entry in list(group):
                    kind = {"inputParameter": "input", "outputParameter": "output"}.get(xml.local(entry))
                    text = (entry.text or "").strip()
                    if kind is None or len(entry) or not entry.get("name") or not text:
                        self.diagram.leave(
                            self.node,
                            f"the parameter “{entry.get('name')}” is no plain value; write a mapping",
                            f"参数“{entry.get('name')}”不是普通值，请编写映射",
                        )
                        continue
                    value = _translated(self.diagram, self.node, text)
                    if value is not None:
                        self._map(kind, value, entry.get("name") or "")
                        group.remove(entry)
                if len(group) == 0:
                    drop(group)

    def repetition(self) -> None:
        """The collection that a multi-instance goes over."""
        marker = xml.child(self.node, "multiInstanceLoopCharacteristics")
        if marker is None:
            return
        collection, item = told(marker, "collection"), told(marker, "elementVariable")
        cardinality = xml.child(marker, "loopCardinality")
        if collection is None:
            collection, item = self._data(marker, item)
        try:
            if collection is not None:
                value = to_feel(collection) if is_expression(collection) else f"={collection}"
            elif cardinality is not None and xml.content(cardinality):
                number = to_feel(xml.content(cardinality)).removeprefix("=")
                value = (
                    f"=for each in 1..{number} return each"
                    if number.isidentifier() or number.isdigit()
                    else f"=for each in 1..({number}) return each"
                )
            else:
                return
        except Untranslatable as wrong:
            self.diagram.leave(
                self.node,
                f"the collection of the multi-instance has no equal in FEEL ({wrong})",
                f"多实例的集合无法改写为 FEEL（{wrong}）",
            )
            return
        given = {"inputCollection": value} | ({"inputElement": item} if item else {})
        zeebe(marker, "loopCharacteristics", **given)
        for name in ("collection", "elementVariable"):
            if key := seven(marker, name):
                del marker.attrib[key]
        if cardinality is not None:
            marker.remove(cardinality)
        self.diagram.note(self.node, f"the multi-instance goes over {value}", f"多实例遍历 {value}")

    def _data(self, marker: Element, item: str | None) -> tuple[str | None, str | None]:
        """BPMN's own words for the collection and the item of a multi-instance: data that carry variables' names."""
        given, inside = xml.child(marker, "loopDataInputRef"), xml.child(marker, "inputDataItem")
        if given is None:
            return None, item
        ref = xml.reference(xml.content(given))
        data = next((found for found in self.diagram.root.iter(f"{{{xml.BPMN}}}*") if found.get("id") == ref), None)
        name = (data.get("name") if data is not None else None) or ref
        if not name or not name.isidentifier():
            return None, item
        marker.remove(given)
        if inside is not None:
            item = item or inside.get("name") or inside.get("id")
            marker.remove(inside)
        return name, item


def _waits(node: Element) -> bool:
    return any(is_bpmn(child) and xml.local(child) in vocabulary.EVENT_DEFINITIONS for child in node)


def _form_id(text: str) -> str:
    """The id of a form from its key: ``embedded:app:forms/approve.html`` is ``approve``."""
    name = PurePosixPath(text.rpartition(":")[2]).name
    return name.partition(".")[0] or text


_BY_KIND: dict[str, Callable[[_Node], None]] = {
    "startEvent": _Node.start,
    "userTask": _Node.user_task,
    "serviceTask": _Node.service_task,
    "sendTask": _Node.service_task,
    "businessRuleTask": _Node.rule_task,
    "scriptTask": _Node.script_task,
    "callActivity": _Node.call,
}


# -- wherever they stand

_DURATION = re.compile(r"P(?=[\dT])[\dYMWDTHS.]+")

_EXPRESSIONS = frozenset(
    {"conditionExpression", "condition", "completionCondition", "loopCondition", *vocabulary.TIMER_VALUES}
)


def _expressions(diagram: Diagram, body: Element) -> None:
    for element in body.iter("*"):
        if not is_bpmn(element) or xml.local(element) not in _EXPRESSIONS or not is_expression(xml.content(element)):
            continue
        text = xml.content(element)
        translated = _translated(diagram, element, text)
        if translated is not None:
            element.text = translated
            if not (element.get("language") or "feel").lower().endswith("feel"):
                element.attrib.pop("language")
            diagram.note(element, f"{text} became {translated}", f"{text} 已改写为 {translated}")


def _rest(diagram: Diagram) -> None:
    """Remove what only says how another engine runs a process; list every other foreign word that wasn't moved."""
    others: Counter[foreign.Said] = Counter()
    for element in diagram.root.iter(f"{{{xml.BPMN}}}*"):
        _stop_running(diagram, element)
        for word in foreign.said(element):
            name = word.name.rpartition(":")[2]
            if word.is_engine and name != "properties":
                instead = _INSTEAD.get(name, _OTHERWISE)
                diagram.leave(
                    element,
                    f"{word.shown} is not executed here; {instead.en}",
                    f"此处不执行 {word.shown}；{instead.zh}",
                )
            elif not word.is_engine:
                others[foreign.Said(word.namespace, word.name)] += 1
    for word, count in others.items():
        diagram.leave(
            diagram.root,
            f"{word.name} ({count} times) is another program's; nothing here reads it",
            f"{word.name}（{count} 处）属于其他程序，此处不读取",
        )


def _stop_running(diagram: Diagram, element: Element) -> None:
    for name in _RUNNING:
        if key := seven(element, name):
            old = str(element.attrib.pop(key))
            diagram.note(
                element,
                f'{written(key)}="{old}", which says how another engine runs it, was removed',
                f'已删除仅说明其他引擎运行方式的 {written(key)}="{old}"',
            )


def _moment(text: str) -> str:
    """A due date; a duration, as Flowable takes one, counts from when the task begins."""
    return f'=now() + duration("{text}")' if _DURATION.fullmatch(text) else text
