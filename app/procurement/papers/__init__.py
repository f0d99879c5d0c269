"""The papers of a procurement: PDFs for the archive, in Chinese as officials lay them out and in English from the same data.

What a paper has to be told stands in ``contents``; how it looks in ``templates/<name>.typ``.
"""

from app.procurement.papers.contents import PAPERS
from app.procurement.papers.drawing import ContentIncomplete, draw, keep, shown

__all__ = ["PAPERS", "ContentIncomplete", "draw", "keep", "shown"]
