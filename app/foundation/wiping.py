"""Memory that this process lets go of is overwritten at once, so that no page of it keeps what somebody sent.

glibc does it where it is asked to before a program begins (``mallopt(3)``, M_PERTURB), for all that Python keeps too
when Python keeps nothing aside (``PYTHONMALLOC``). Other systems' libraries can't: there what was sent stays until its
place is used again.
"""

from __future__ import annotations

import gc
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

SETTINGS = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0",
    "MALLOC_ARENA_MAX": "4",
}
"""What asks for it: no memory kept by Python or by a thread for itself, all that is freed filled; few places to take it of,
as each thread would else have one that only grows."""


def settle() -> Callable[[], Any]:
    """Keep what the program consists of out of the search for garbage, which is then quick; what to search with, often.

    What a request leaves in circles is freed, and so wiped, by that alone.
    """
    gc.collect()
    gc.freeze()
    return gc.collect


def begin_again() -> None:
    """Start this program anew with memory that is wiped, unless it is: the same process, nothing has happened yet.

    What somebody has set of the ``SETTINGS`` for a reason of their own stays as it is.
    """
    missing = {name: value for name, value in SETTINGS.items() if name not in os.environ}
    if platform.libc_ver()[0] != "glibc" or not missing:
        return
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **missing})  # noqa: S606
