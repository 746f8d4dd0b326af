"""Which tab of a browser belongs to whom: what a tab shows is fetched by addresses of its own, past the page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Final

MOST: Final = 20_000
"""Tabs that are remembered; each is noted again whenever its page is drawn."""


class Tabs:
    """Of this process. Forgets the tab that was not drawn for longest."""

    def __init__(self) -> None:
        self._people: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def note(self, tab: str, user_id: str) -> None:
        """The tab is this person's from now on; "" is somebody who is not signed in."""
        with self._lock:
            self._people[tab] = user_id
            self._people.move_to_end(tab)
            while len(self._people) > MOST:
                self._people.popitem(last=False)

    def people(self, tabs: Iterable[str]) -> set[str]:
        """Ids of the people to whom any of the tabs belongs."""
        with self._lock:
            return {self._people[tab] for tab in tabs if tab in self._people}
