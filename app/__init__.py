"""Tenderway: government procurement that runs as BPMN diagrams."""
