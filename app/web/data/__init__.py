"""What an office feeds the program with: budget lines, working days and more, each confirmed by a second person."""

from flask import Blueprint

blueprint = Blueprint("data", __name__, url_prefix="/data")
