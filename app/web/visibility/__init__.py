"""Who sees what when: cases and their documents, asked by every page that shows either."""

from app.web.visibility.cases import (
    PART,
    WHOLE,
    CaseHidden,
    extent,
    has_a_part,
    is_staff,
    naming,
    refuse_unseen,
    seen_by,
    watches,
)
from app.web.visibility.documents import (
    DOCUMENTS,
    DocumentHidden,
    document_cases,
    refuse_unseen_document,
    seen_documents,
    seen_of,
    sees,
)

__all__ = [
    "DOCUMENTS",
    "PART",
    "WHOLE",
    "CaseHidden",
    "DocumentHidden",
    "document_cases",
    "extent",
    "has_a_part",
    "is_staff",
    "naming",
    "refuse_unseen",
    "refuse_unseen_document",
    "seen_by",
    "seen_documents",
    "seen_of",
    "sees",
    "watches",
]
