"""Decisions are worked out as DMN says, and refused in words when they can't be."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.engine import decisions

ROOT = Path(__file__).parents[2]
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(policy, rules, *, inputs=("n",), outputs=("out",), extra=""):
    cells = "".join(
        f'<rule id="r{index}">'
        + "".join(f"<inputEntry><text>{test}</text></inputEntry>" for test in tests)
        + "".join(f"<outputEntry><text>{out}</text></outputEntry>" for out in outs)
        + "</rule>"
        for index, (tests, outs) in enumerate(rules, 1)
    )
    ins = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in inputs)
    outs = "".join(f'<output name="{name}">{extra}</output>' for name in outputs)
    xml = f'<definitions xmlns="{DMN}" id="m" name="m" namespace="x"><decision id="d" name="D"><decisionTable {policy}>{ins}{outs}{cells}</decisionTable></decision></definitions>'
    return decisions.read(xml.encode())


def test_the_method_of_procurement_follows_from_amount_and_ground():
    model = decisions.read((ROOT / "processes/decisions/procurement_method.dmn").read_bytes())
    result = model.evaluate(
        "procurement_method",
        {
            "object": "goods",
            "budget": Decimal(2_460_000),
            "open_tender_threshold": Decimal(2_000_000),
            "grounds": "none",
        },
    )
    assert result.value == {"method": "open_tender", "legal_ground": "GPL 26", "approval_needed": False}
    assert result.fired[0].rules == ("r_open",)


def test_two_matching_rules_of_a_unique_table_are_a_conflict():
    with pytest.raises(decisions.DecisionFailed, match="UNIQUE"):
        table("", [(["> 1"], ["1"]), (["> 2"], ["2"])]).evaluate("d", {"n": 3})


@pytest.mark.parametrize(
    ("policy", "expected"),
    [('hitPolicy="FIRST"', 1), ('hitPolicy="COLLECT"', [1, 2]), ('hitPolicy="RULE ORDER"', [1, 2]), ('hitPolicy="COLLECT" aggregation="SUM"', 3), ('hitPolicy="COLLECT" aggregation="MAX"', 2), ('hitPolicy="COLLECT" aggregation="COUNT"', 2)],
)  # fmt: skip
def test_each_hit_policy_settles_in_its_way(policy, expected):
    assert table(policy, [(["> 1"], ["1"]), (["> 2"], ["2"])]).evaluate("d", {"n": 3}).value == expected


def test_priority_follows_the_order_of_the_output_values():
    model = table(
        'hitPolicy="PRIORITY"',
        [(["> 1"], ['"low"']), (["> 2"], ['"high"'])],
        extra='<outputValues><text>"high","low"</text></outputValues>',
    )
    assert model.evaluate("d", {"n": 3}).value == "high"


def test_a_decision_uses_the_decisions_it_requires():
    xml = f"""<definitions xmlns="{DMN}" id="m" name="m" namespace="x">
      <decision id="a" name="Base price"><literalExpression><text>price * 2</text></literalExpression></decision>
      <decision id="b" name="Total"><informationRequirement><requiredDecision href="#a"/></informationRequirement><literalExpression><text>Base price + 1</text></literalExpression></decision></definitions>"""
    assert decisions.read(xml.encode()).evaluate("Total", {"price": 5}).value == 11


def test_a_knowledge_model_can_be_invoked_by_name():
    xml = f"""<definitions xmlns="{DMN}" id="m" name="m" namespace="x">
      <businessKnowledgeModel id="k" name="Doubled"><encapsulatedLogic><formalParameter name="x"/><literalExpression><text>x * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
      <decision id="b" name="Total"><knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
        <invocation><literalExpression><text>Doubled</text></literalExpression><binding><parameter name="x"/><literalExpression><text>n + 1</text></literalExpression></binding></invocation></decision></definitions>"""
    assert decisions.read(xml.encode()).evaluate("b", {"n": 5}).value == 12


@pytest.mark.parametrize(
    ("xml", "words"),
    [(b"<a", "well-formed"), (b"<!DOCTYPE a><a/>", "DOCTYPE"), (b"<a/>", "DMN"), (f'<definitions xmlns="{DMN}"><decision id="d" name="d"><literalExpression><text>1 +</text></literalExpression></decision></definitions>'.encode(), "line 1, column 4"),
     (f'<definitions xmlns="{DMN}"><decision id="d" name="d"><informationRequirement><requiredDecision href="#d"/></informationRequirement><literalExpression><text>1</text></literalExpression></decision></definitions>'.encode(), "requires itself")],
)  # fmt: skip
def test_a_broken_model_is_refused_in_words(xml, words):
    with pytest.raises(decisions.DecisionError, match=words):
        decisions.read(xml)
