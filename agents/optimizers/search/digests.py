"""Which values a search has met already: the digests of all candidates, at 16 bytes each."""

from array import array
from bisect import bisect_left

__all__ = ["Digests"]


class Digests:
    """The number of the candidate that has a digest, a text of sixteen hexadecimal digits."""

    def __init__(self) -> None:
        self._digests = array("Q")
        """Ascending."""
        self._numbers = array("q")

    def find(self, digest: str) -> int | None:
        """The candidate's number, if there is one."""
        wanted = int(digest, 16)
        place = bisect_left(self._digests, wanted)
        is_known = place < len(self._digests) and self._digests[place] == wanted
        return self._numbers[place] if is_known else None

    def add(self, digest: str, number: int) -> None:
        """Learn of a candidate; of two with one digest the first stands."""
        if self.find(digest) is None:
            place = bisect_left(self._digests, int(digest, 16))
            self._digests.insert(place, int(digest, 16))
            self._numbers.insert(place, number)
