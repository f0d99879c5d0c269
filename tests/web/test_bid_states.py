"""How a bid's state looks to its supplier: a tick and green are for what is good, and for nothing else."""

import pytest

from app.procurement.bids import BidState
from app.web.supplier.bidding import STATES

GOOD = {BidState.WINNER}


@pytest.mark.parametrize("state", STATES)
def test_the_tick_is_left_to_what_is_good(state):
    tone, _ = STATES[state]
    assert (tone == "done") == (state in GOOD)
