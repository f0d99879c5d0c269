"""A person's task: its form with what one needs to decide beside it, its draft, and what came of it."""

from app.web.tasks.views import blueprint

__all__ = ["blueprint"]
