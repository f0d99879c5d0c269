"""Seals bids where nothing else happens: each in a process of its own that ends with it (docs/decisions/0019).

``python -m app.sealer`` runs beside a process that serves or plays: small, without the database and its secrets, and
never given a bid. For each bid it forks; the fork is given the encrypted draft, its key and the lot's public key,
writes the sealed package into a file and ends. Who asked gets ciphertext, a digest and a size (``client``).
"""

from app.sealer.client import Sealed, SealingFailed, end, look_after, seal, start
from app.sealer.orders import Order

__all__ = ["Order", "Sealed", "SealingFailed", "end", "look_after", "seal", "start"]
