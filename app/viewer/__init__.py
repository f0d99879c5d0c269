"""Shows a page of a PDF that a stranger brought, as a picture and its words, made in a process of its own (docs/decisions/0021).

``python -m app.viewer`` runs for one page: it is given the file and nothing else, may use so much of the machine, write no
file and start no program, and answers with plain words and a picture in which nothing of the file is left but its look.
"""

from app.viewer.client import Busy, Page, look
from app.viewer.pages import CLOSE, WIDTHS

__all__ = ["CLOSE", "WIDTHS", "Busy", "Page", "look"]
