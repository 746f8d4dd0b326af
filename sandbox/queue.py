"""Whose turn it is: so many runs at once, the owners of waiting runs served one after the other."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Cancelled(RuntimeError):
    """The run was stopped while it waited."""


@dataclass(eq=False)
class _Ticket:
    run_id: str
    admitted: bool = False
    cancelled: bool = False


class Queue:
    """Admits `places` runs at once. Thread-safe."""

    def __init__(self, places: int) -> None:
        self._free = max(1, places)
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, deque[_Ticket]] = OrderedDict()

    @contextmanager
    def turn(self, run_id: str, owner: str = "") -> Iterator[None]:
        """Waits for a place and holds it. Raises: Cancelled."""
        ticket = _Ticket(run_id)
        with self._changed:
            self._waiting.setdefault(owner, deque()).append(ticket)
            self._admit()
            self._changed.wait_for(lambda: ticket.admitted or ticket.cancelled)
            if not ticket.admitted:
                raise Cancelled(run_id)
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._admit()

    def cancel(self, run_id: str) -> None:
        """Takes every waiting run of this id out of the queue."""
        with self._changed:
            for tickets in self._waiting.values():
                for ticket in [each for each in tickets if each.run_id == run_id]:
                    ticket.cancelled = True
                    tickets.remove(ticket)
            self._changed.notify_all()

    def _admit(self) -> None:
        while self._free and (ticket := self._next()):
            ticket.admitted = True
            self._free -= 1
        self._changed.notify_all()

    def _next(self) -> _Ticket | None:
        """The first run of the owner who has waited longest since being served."""
        while self._waiting:
            owner, tickets = self._waiting.popitem(last=False)
            if not tickets:
                continue
            ticket = tickets.popleft()
            if tickets:
                self._waiting[owner] = tickets
            return ticket
        return None
