"""What strangers send, read so that nothing in it can hurt: archives, JSON and XML, each by one reader with limits.

Every reader raises ``Unreadable`` with a reason in both languages and never anything else, whatever the bytes are; its time
and memory are bounded by the limits it is given, not by what the bytes claim. What can't be read without a library that
might not keep to them is read in a process of its own (``app/viewer``).
"""

from __future__ import annotations

from app.foundation.foreign.reasons import Unreadable

__all__ = ["Unreadable"]
