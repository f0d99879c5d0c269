"""Empty procedures and decisions to begin with: the smallest that open in the editors."""

from __future__ import annotations

from html import escape

from app.foundation.text import Text


def blank_process(key: str, name: Text) -> bytes:
    """A diagram with a start event, one task for the handler and an end event."""
    en, zh = escape(name.en), escape(name.zh)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="{key}_definitions" targetNamespace="https://tenderway.example/processes">
  <bpmn:process id="{key}" name="{en}" isExecutable="true">
    <bpmn:extensionElements><zeebe:properties><zeebe:property name="name:en" value="{en}" /><zeebe:property name="name:zh" value="{zh}" /></zeebe:properties></bpmn:extensionElements>
    <bpmn:startEvent id="start"><bpmn:outgoing>start_to_work</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="work" name="Work"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="buyer-handler" /><zeebe:properties><zeebe:property name="name:en" value="Work" /><zeebe:property name="name:zh" value="办理" /></zeebe:properties></bpmn:extensionElements><bpmn:incoming>start_to_work</bpmn:incoming><bpmn:outgoing>work_to_end</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="end"><bpmn:incoming>work_to_end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="start_to_work" sourceRef="start" targetRef="work" />
    <bpmn:sequenceFlow id="work_to_end" sourceRef="work" targetRef="end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{key}">
    <bpmndi:BPMNShape id="start_shape" bpmnElement="start"><dc:Bounds x="160" y="122" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="work_shape" bpmnElement="work"><dc:Bounds x="250" y="100" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="end_shape" bpmnElement="end"><dc:Bounds x="412" y="122" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="start_to_work_edge" bpmnElement="start_to_work"><di:waypoint x="196" y="140" /><di:waypoint x="250" y="140" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="work_to_end_edge" bpmnElement="work_to_end"><di:waypoint x="350" y="140" /><di:waypoint x="412" y="140" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
""".encode()


def blank_decision(key: str, name: Text) -> bytes:
    """A decision table with one input, one output and one rule."""
    title, zh = escape(name.en), escape(name.zh)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="{key}_definitions" name="{title}" namespace="https://tenderway.example/decisions">
  <decision id="{key}" name="{title}"><extensionElements><zeebe:properties><zeebe:property name="name:en" value="{title}" /><zeebe:property name="name:zh" value="{zh}" /></zeebe:properties></extensionElements><decisionTable id="{key}_table" hitPolicy="UNIQUE">
    <input id="{key}_input" label="Input"><inputExpression id="{key}_expression" typeRef="string"><text>input</text></inputExpression></input>
    <output id="{key}_output" label="Output" name="output" typeRef="string" />
    <rule id="{key}_rule"><inputEntry id="{key}_entry"><text>-</text></inputEntry><outputEntry id="{key}_result"><text>""</text></outputEntry></rule>
  </decisionTable></decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="diagram"><dmndi:DMNShape id="{key}_shape" dmnElementRef="{key}"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
""".encode()
