"""``python -m app.viewer NUMBER [WIDTH]``: the file is the standard input, the answer a line of JSON and then the picture."""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

from app.viewer import limits
from app.viewer.pages import PASSWORD, NoSuchPage, look


def main(number: str, width: str = "") -> int:
    """Answer with the page, or with the kind of what is wrong with the file."""
    _give_up_the_rest()
    picture = b""
    with open(0, "rb", closefd=False) as source:
        try:
            about, picture = look(source, int(number), int(width) if width else None)
        except MemoryError:
            about = {"failed": "large"}
        except NoSuchPage:
            about = {"failed": "page"}
        except Exception as error:  # noqa: BLE001 - whatever a stranger's file makes of the library
            about = {"failed": _kind_of(error)}
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n")
    sys.stdout.buffer.write(picture)
    sys.stdout.buffer.flush()
    return 0


def _kind_of(error: Any) -> str:
    return "password" if getattr(error, "err_code", None) == PASSWORD else "damaged"


def _give_up_the_rest() -> None:
    """From here on: so much memory and time, no core, no file written, no program started."""
    for limit, most in limits.OF_A_PAGE.items():
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
