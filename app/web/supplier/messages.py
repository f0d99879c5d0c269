"""What this service wrote to a person: the mails it sent or is about to send, the newest first, each with what it is about."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.errors import NotFound
from app.foundation.text import Text
from app.procurement import mails
from app.web import answers, current, language, listing
from app.web.answers import redirect_to
from app.web.supplier import blueprint


class MessageUnknown(NotFound):
    """There is no such message, or it is somebody else's."""

    text = Text("There is no such message.", "没有该消息。")


@blueprint.get("/supplier/messages")
def messages() -> str:
    """List the mails to the person at hand, in the language of the page."""
    session, asked, person = current.session(), listing.asked(), current.person()
    found, total = mails.written_to(session, person.id, offset=asked.offset, limit=asked.limit)
    return render_template(
        "supplier/messages.html",
        rows=listing.Rows(found, asked.page, asked.size, total),
        spoken=language.language(),
        unread=mails.unread(session, person.id),
        asked=asked,
    )


@blueprint.post("/supplier/messages/<message_id>")
def open_message(message_id: str) -> AnyResponse:
    """Mark a message as read, and go to what it is about."""
    found = mails.read(current.session(), current.person().id, message_id)
    if found is None:
        raise MessageUnknown
    page = found.content.get("page")
    current.commit()
    return redirect_to(page) if page else answers.redirect("supplier.messages")


@blueprint.post("/supplier/messages")
def read_all() -> AnyResponse:
    """Mark all messages as read."""
    mails.read(current.session(), current.person().id)
    current.commit()
    return answers.redirect("supplier.messages")
