"""Reads decision models for tests: the one that is meant, or why it can't be executed."""

from app.engine import decisions


class Refused(ValueError):
    """A model that can't be executed as it is; ``findings`` say why."""

    def __init__(self, findings):
        super().__init__("; ".join(f"{finding.element_id or 'model'}: {finding.message}" for finding in findings))
        self.findings = findings


def read(content, *, tolerant=False, **others):
    """The model that one file's bytes make; ``others``: the files that it imports, by name."""
    name = "decisions.dmn"
    reading = decisions.read_all({name: content, **others}, tolerant=tolerant)
    if name not in reading.models:
        raise Refused(reading.findings)
    return reading.models[name]
