"""Language models that people brought for their session, on their way to the jobs that ask them. Memory alone."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from services.domain import ModelChoice

MOST: Final = 1_000
"""Jobs that wait; of more, those that waited longest answer with the server's own analyst."""


class Keyring:
    """Choices by the job they are for. Nothing of it is written anywhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._choices: OrderedDict[str, ModelChoice] = OrderedDict()

    def lend(self, job_id: str, choice: ModelChoice) -> None:
        """Keeps the choice until the job has ended."""
        with self._lock:
            self._choices[job_id] = choice
            while len(self._choices) > MOST:
                self._choices.popitem(last=False)

    def of(self, job_id: str) -> ModelChoice | None:
        """What was chosen for the job."""
        return self._choices.get(job_id)

    def forget(self, job_id: str) -> None:
        """Drops it, key and all."""
        with self._lock:
            self._choices.pop(job_id, None)
