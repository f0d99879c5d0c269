"""What ``python run.py`` serves with: waitress, told to take down when each request arrived and to keep its lanes.

``channels`` reads sockets with the kernel's own time of arrival; ``undecided`` knows what has arrived and isn't decided
yet; ``lanes`` keeps those who only look apart from those who act; ``servers`` puts them together; ``nodes`` says to the
other nodes how far this one is. Why waitress: docs/decisions/0012.

Another WSGI server works too. It can't say when a request arrived, so that ``app.web.current.arrived_at`` takes the
instant at which it had read the whole request instead: never too early, but later by its own queue.
"""
