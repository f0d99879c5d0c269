"""Who publishes: what an installation's open data says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from app.foundation.belongings import Belonging
from app.foundation.text import Text

NAMELESS = Text("Public Procurement", "政府采购")


@dataclass(frozen=True)
class Publisher:
    """``base_url`` begins every address; ``ocid_prefix`` is registered with the OCDS helpdesk (OCDS 1.1, ocid)."""

    name: Text = NAMELESS
    base_url: str = "http://127.0.0.1:8000"
    ocid_prefix: str = "ocds-tender"

    def address(self, path: str) -> str:
        """The full address of a page or document of the portal."""
        return f"{self.base_url.rstrip('/')}/{path.lstrip('/')}"


_PUBLISHERS = Belonging(lambda _: Publisher())


def use(holder: Session | sessionmaker[Session], publisher: Publisher) -> None:
    """Let a session, or all sessions that a factory makes, publish as ``publisher``."""
    _PUBLISHERS.give(holder, publisher)


def publisher(session: Session) -> Publisher:
    """As whom a session publishes."""
    return _PUBLISHERS.of(session)
