"""The gate: everything that is wrong or doubtful in what is to be deployed, in plain words.

What cannot be read, the readers of diagrams, decisions and forms say themselves. ``read_diagrams`` adds what is wrong in
diagrams that could be read; ``validate`` holds a whole deployment against its platform. Each module is a room of rules,
with its kinds of findings beside them; docs/reference/dialect.md lists them all.
"""

from __future__ import annotations

from app.engine.validation.diagrams import read as read_diagrams
from app.engine.validation.packages import validate
from app.engine.validation.references import Known

__all__ = ["Known", "read_diagrams", "validate"]
