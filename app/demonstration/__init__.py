"""A town to try things in: Jiangcheng, its people and its procurements.

Only there where the settings ask for a demonstration; its people and their password stand on the sign-in page.
"""

from app.demonstration.settling import NotADemonstration, is_settled, settle
from app.demonstration.shipping import KeysOfAnother
from app.demonstration.town import PASSWORD, PEOPLE

__all__ = ["PASSWORD", "PEOPLE", "KeysOfAnother", "NotADemonstration", "is_settled", "settle"]
