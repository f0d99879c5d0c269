"""The site on a test's database and clock, a small town, and clients that are signed in as its people.

``client`` is anonymous; ``client.sign_in("buyer-handler")`` makes it that person (every role's holder has the role's id
as sign-in name; ``newcomer`` has no role, ``many-hats`` works for the buyer and the agency). ``sign_in(login)`` gives a
client of its own. ``client.token()`` is a form token, ``client.submit(address, **fields)`` posts with one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from app import create_app
from app.bootstrap import House
from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.identity import accounts, grants, organisations, roles, sessions
from app.web import current
from config import Config
from tests import memory

PASSWORD = "a lamp beside the river"
CODES = {
    "buyer": "12510700450720100H",
    "agency": "91510700MA6200ABXQ",
    "supplier": "91510700MA6200XY87",
    "finance": "11510700MB0X10003N",
    "platform": "12510700MB0X20007P",
}
NAMES = {
    "buyer": Text("First People's Hospital", "第一人民医院"),
    "agency": Text("Jiangcheng Tendering Ltd", "江城招标有限公司"),
    "supplier": Text("Hengxin Medical Ltd", "恒信医疗器械有限公司"),
    "finance": Text("Finance Bureau", "财政局"),
    "platform": Text("Platform Office", "平台管理办公室"),
}


class PersonClient(FlaskClient):
    """A browser that can be signed in without a password."""

    def sign_in(self, login: str) -> PersonClient:
        """Become that person of the town."""
        house = self.application.extensions["tenderway"]
        with house.sessions() as session:
            account = accounts.by_login(session, login)
            assert account is not None, f"the town has nobody called {login}"
            opened = sessions.open_for(session, account, address="127.0.0.1", browser="Firefox")
            session.commit()
        self.set_cookie(current.cookie_name(False), opened.token)
        return self

    def token(self, address: str = "/help") -> str:
        """A form token of this browser."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get(address).text)
        assert found is not None
        return found.group(1)

    def submit(self, address: str, **fields: Any) -> TestResponse:
        """Post a form with its token."""
        return self.post(address, data={"csrf_token": self.token(), **fields})


_apps: dict[str, Flask] = {}


@pytest.fixture
def app(database, virtual_clock, tmp_path_factory) -> Iterator[Flask]:
    """The whole application on the test's database and clock; not in demonstration mode."""
    url = database.url.render_as_string(hide_password=False)
    if url not in _apps:
        folder: Path = tmp_path_factory.mktemp("instance")
        config = Config(instance_folder=folder, database_url=url, secret_key="for tests")
        config.base_url, config.demonstration = "http://127.0.0.1:8000", False
        made = create_app(config)
        if database.dialect.name == "sqlite":
            engine = made.extensions["tenderway"].database
            event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
        made.test_client_class = PersonClient
        _apps[url] = made
    made = _apps[url]
    house, config = made.extensions["tenderway"], made.extensions["tenderway-config"]
    house.engine.clock = virtual_clock
    house.engine.use_clock(house.sessions)
    house.engine.forget()
    config.demonstration, config.language = False, "en"
    yield made
    house.database.dispose()


@pytest.fixture
def town(app, database, virtual_clock) -> SimpleNamespace:
    """An organisation of each kind (``town.buyer`` is its id), and a person for each role."""
    return memory.recall(database, virtual_clock, "town", lambda: settle(app.extensions["tenderway"]))


def settle(house: House) -> SimpleNamespace:
    """Make the town."""
    with house.sessions() as session:
        places = {
            kind: organisations.register(session, SYSTEM, kind=kind, uscc=code, name=NAMES[kind], short_code="JC").id
            for kind, code in CODES.items()
        }
        for role in roles.ROLES.values():
            person = accounts.create(session, SYSTEM, login=role.id, name=role.name.en, email=f"{role.id}@example.org")
            place = places[role.kind] if role.kind else None
            grants.grant(session, SYSTEM, account_id=person.id, role=role.id, organisation_id=place)
        accounts.create(session, SYSTEM, login="newcomer", name="Newcomer", email="newcomer@example.org")
        both = accounts.create(session, SYSTEM, login="many-hats", name="Many Hats")
        grants.grant(session, SYSTEM, account_id=both.id, role="buyer-reviewer", organisation_id=places["buyer"])
        grants.grant(session, SYSTEM, account_id=both.id, role="agency-host", organisation_id=places["agency"])
        session.commit()
    return SimpleNamespace(**places)


@pytest.fixture
def client(app, town) -> PersonClient:
    """An anonymous browser."""
    made = app.test_client()
    assert isinstance(made, PersonClient)
    return made


@pytest.fixture
def sign_in(app, town) -> Callable[[str], PersonClient]:
    """``sign_in(login)``: a browser of that person's own."""
    return lambda login: app.test_client().sign_in(login)


@pytest.fixture
def account_of(app, town) -> Callable[[str], accounts.Account]:
    """``account_of(login)``: the account as the database has it now."""

    def read(login: str) -> accounts.Account:
        with app.extensions["tenderway"].sessions() as session:
            found = accounts.by_login(session, login)
            assert found is not None
            return found

    return read
