"""What the house wrote to a person: the mails it sent or is about to send, the newest first."""

from __future__ import annotations

from flask import render_template

from app.procurement import mails
from app.web import current, listing
from app.web.supplier import blueprint


@blueprint.get("/supplier/messages")
def messages() -> str:
    """List the mails to the person at hand."""
    asked = listing.asked()
    found, total = mails.written_to(
        current.session(),
        current.person().id,
        current.actor().organisation_id,
        offset=asked.offset,
        limit=asked.limit,
    )
    return render_template(
        "supplier/messages.html", rows=listing.Rows(found, asked.page, asked.size, total), asked=asked
    )
