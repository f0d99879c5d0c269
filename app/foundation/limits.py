"""How much may be sent at once, wherever it is said: by the server at the header, by the pages at the route."""

from __future__ import annotations

FORM = 2 * 1024 * 1024
"""The most bytes of a request without files, and of what stands beside the files of one that has them."""
STRANGERS = 256 * 1024
"""The most bytes of a request of somebody who isn't signed in: a registration, a receipt to check."""
