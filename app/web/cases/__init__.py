"""Cases: found in a list, and each on one page for all who have a part in it."""

from app.web.cases.views import blueprint

__all__ = ["blueprint"]
