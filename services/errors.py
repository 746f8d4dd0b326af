"""The errors a person may read. Anything else that is raised is a bug."""

from __future__ import annotations


class AppError(Exception):
    """What happened (`message`, with the value) and what to do about it (`hint`). Both are user text."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotFound(AppError):
    """The object does not exist, or belongs to another team: the two look the same."""


class Forbidden(AppError):
    """The role of this person does not allow the action."""


class BadInput(AppError):
    """A file, a question or a setting that cannot be used as it is."""


class LimitReached(BadInput):
    """Something was used up. `measure` names what, so that a page can offer to ask for more."""

    def __init__(self, message: str, hint: str = "", measure: str = "") -> None:
        super().__init__(message, hint)
        self.measure = measure


class ProviderError(AppError):
    """The language model's provider did not give a usable reply."""


class Unavailable(AppError):
    """The database, the storage or a source of data is away or does not let us in; the work may be tried again."""


class Stopped(AppError):
    """A person stopped the work."""
