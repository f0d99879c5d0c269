"""The seals that a paper bears, as whoever opens it sees them."""

from app.foundation import documents
from app.identity.certificates import verify_pdf


def of_file(session, pdf):
    """Whose seals a file bears; each of them must hold."""
    checks = verify_pdf(session, pdf)
    assert all(check.holds for check in checks)
    return [check.organisation for check in checks]


def of_document(session, document_id):
    """Whose seals a kept file bears."""
    return of_file(session, documents.read(session, document_id))
