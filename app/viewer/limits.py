"""What the process of a page may use of the machine."""

from __future__ import annotations

import resource

MEMORY = 400 * 1024 * 1024
"""Bytes of address space."""
SECONDS = 2
"""Seconds of a processor."""
PATIENCE = 8.0
"""Seconds after which it is ended, however little of a processor it got."""
AT_ONCE = 2
"""How many pages are made at the same time; more wait for one of these to be done."""
WAIT = 6.0
"""Seconds that a page waits for its turn."""
WAITING = 12
"""How many pages are made or wait for that: fewer than the threads that answer who looks at other pages."""

OF_A_PAGE = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_CPU: SECONDS,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NPROC: 0,
}
"""No core is left behind, no file is written, no other program is started."""
