"""``make load``: the minute before a deadline, played on loopback against a server of its own, on both databases.

``offices`` makes an office whose tender's deadline is near, with bidders who have their drafts ready; ``bidders`` sends
what they send, to the millisecond; ``phases`` plays a deadline and counts what came of it.
"""
