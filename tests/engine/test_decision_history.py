"""What a case's decisions came to, and by which rules, can be read long after."""

import toys

from app.engine import definitions, incidents, instances

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
DECIDING = toys.diagram(
    toys.START
    + '<bpmn:businessRuleTask id="rule" name="Rate it"><bpmn:extensionElements>'
    + '<zeebe:calledDecision decisionId="rate" resultVariable="r" /></bpmn:extensionElements></bpmn:businessRuleTask>'
    + toys.user("wait")
    + toys.END
    + toys.flows("start", "rule", "wait", "end")
)


def rated(policy="COLLECT"):
    rules = "".join(
        f'<rule id="{name}"><inputEntry><text>{test}</text></inputEntry><outputEntry><text>{result}</text></outputEntry></rule>'
        for name, test, result in (
            ("r_any", "-", '"any"'),
            ("r_dear", "&gt; 100", '"dear"'),
            ("r_old", "&lt; 0", '"odd"'),
        )
    )
    return f"""<definitions xmlns="{DMN}" id="m" name="m" namespace="n">
      <decision id="rate" name="Rate"><informationRequirement><requiredDecision href="#marks"/></informationRequirement>
        <literalExpression><text>count(marks)</text></literalExpression></decision>
      <decision id="marks" name="marks"><decisionTable hitPolicy="{policy}">
        <input><inputExpression><text>price</text></inputExpression></input><output name="mark"/>{rules}</decisionTable></decision>
    </definitions>""".encode()


def started(engine, session, files, **variables):
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": DECIDING, **files}, "to decide")
    return instances.start(engine, session, toys.ANNA, "toy", variables)


def test_history_keeps_the_decision_its_value_and_the_rules_that_fired(engine, session):
    row = started(engine, session, {"rate.dmn": rated()}, price=120)
    (kept,) = toys.kept(session, row.id, "decision")
    assert (kept.element_id, kept.name_en) == ("rule", "Rate it")
    assert kept.details["decision"] == "rate"
    assert kept.details["value"] == "2"
    assert kept.details["fired"] == [
        {
            "decision": "marks",
            "rules": ["r_any", "r_dear"],
            "numbers": [1, 2],
            "inputs": ["120"],
            "output": ["any", "dear"],
        }
    ]


def test_rules_in_conflict_are_an_incident_that_names_them(engine, session):
    row = started(engine, session, {"rate.dmn": rated("UNIQUE")}, price=120)
    (incident,) = [found for found in incidents.open(session) if found.instance_id == row.id]
    assert "UNIQUE" in incident.message.en
    assert "r_any, r_dear" in incident.message.en


def test_decisions_of_one_deployment_import_one_another(engine, session):
    asking = f"""<definitions xmlns="{DMN}" id="a" name="a" namespace="asking"><import namespace="n" name="rates" importType="{DMN}"/>
      <decision id="rate" name="Rate"><informationRequirement><requiredDecision href="n#factor"/></informationRequirement>
        <literalExpression><text>rates.factor * price</text></literalExpression></decision></definitions>"""
    asked = f'<definitions xmlns="{DMN}" id="b" name="b" namespace="n"><decision id="factor" name="factor"><literalExpression><text>3</text></literalExpression></decision></definitions>'
    row = started(engine, session, {"asking.dmn": asking.encode(), "asked.dmn": asked.encode()}, price=7)
    assert toys.kept(session, row.id, "decision")[0].details["value"] == "21"
