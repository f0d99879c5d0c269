"""Why something can't be signed; apart from what signs, whose library takes long to load."""

from __future__ import annotations

from app.foundation.errors import Invalid
from app.foundation.text import Text


class NotForSigning(Invalid):
    """The file that was to be signed isn't a readable PDF."""

    text = Text("This file cannot be signed because it is not a readable PDF.", "该文件不是可读取的PDF，无法签署。")
