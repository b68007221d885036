"""How long a signed request holds, and how long its id must be remembered."""

from datetime import timedelta

TOLERANCE = timedelta(minutes=5)
"""How far the time that a sender signed may be from ours, to either side."""

SHORTEST_MEMORY = 2 * TOLERANCE
"""A request that says the latest time that holds can be sent again for as long as this."""

LONGEST_MEMORY = timedelta(days=36_500)
