"""Messages: in the reader's language, with a mark until they are opened, each leading to what it is about."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.foundation.outbox import Outgoing
from app.foundation.text import Text
from app.identity import accounts
from app.procurement import mails

SOURCES = Path(mails.__file__).parents[1]


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def tell(house, town):
    """Writes to the supplier's bidder; gives the message's id."""
    count = iter(range(100))

    def act(page="/supplier/company"):
        with house.sessions() as session:
            person = accounts.by_login(session, "supplier-bidder")
            subject, body = Text("Bids opened", "开标通知"), Text("Look at it", "请查看")
            mails.tell_people(session, [person], key=f"k{next(count)}", subject=subject, body=body, page=page)
            session.commit()
            return session.scalars(select(Outgoing.id).order_by(Outgoing.id.desc())).first()

    return act


def counted(client):
    """The number beside “Messages” on a page of a supplier."""
    page = client.get("/supplier/company").text
    found = re.search(r'href="/supplier/messages"[^>]*>[^<]*<span[^>]*>\s*(\d+)', page)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(("language", "said"), [("en", "Bids opened"), ("zh", "开标通知")])
def test_a_message_speaks_the_readers_language(tell, sign_in, language, said):
    tell()
    assert said in sign_in("supplier-bidder").get(f"/supplier/messages?lang={language}").text


def test_a_message_is_unread_until_it_is_opened_and_leads_to_what_it_is_about(tell, sign_in):
    first, _ = tell(), tell()
    client = sign_in("supplier-bidder")
    assert counted(client) == 2
    answer = client.submit(f"/supplier/messages/{first}")
    assert (answer.status_code, answer.location) == (303, "/supplier/company")
    assert counted(client) == 1


def test_looking_at_the_list_marks_nothing_and_one_button_marks_all(tell, sign_in):
    tell(), tell()
    client = sign_in("supplier-bidder")
    client.get("/supplier/messages")
    assert counted(client) == 2
    client.submit("/supplier/messages")
    assert counted(client) == 0


def test_nobody_opens_somebody_elses_message(house, tell, sign_in):
    message = tell()
    assert sign_in("supplier-signer").submit(f"/supplier/messages/{message}").status_code == 404
    with house.sessions() as session:
        assert session.get(Outgoing, message).read_at is None


CALLS = [
    (path, call)
    for path in sorted(SOURCES.rglob("*.py"))
    for call in ast.walk(ast.parse(path.read_text()))
    if isinstance(call, ast.Call)
    and isinstance(call.func, ast.Attribute)
    and isinstance(call.func.value, ast.Name)
    and call.func.value.id == "mails"
    and call.func.attr in ("tell", "tell_people")
]


@pytest.mark.parametrize(("path", "call"), CALLS, ids=[f"{path.stem}-{call.lineno}" for path, call in CALLS])
def test_every_message_says_which_page_it_is_about(path, call):
    (page,) = [each.value for each in call.keywords if each.arg == "page"]
    assert not (isinstance(page, ast.Constant) and page.value in ("", "/"))


def test_what_each_event_of_a_bid_is_called_is_its_own():
    from app.procurement.bids.submissions import MAILS

    assert (
        len({subject.en for subject, _ in MAILS.values()})
        == len({subject.zh for subject, _ in MAILS.values()})
        == len(MAILS)
    )
