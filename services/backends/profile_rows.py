"""The profile of each version, and what a person said about the columns of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from services.backends.door import Door
from services.backends.tables import datasets, profiles, versions
from services.domain import Dismissal, Meaning, Profile


class ProfileRows(Door):
    """The part of `Rows` about profiles."""

    def profile(self, version_id: str) -> Profile:
        """The facts about a version, with what a person said about its columns and alerts. Raises: NotFound."""
        body, said = self._profile(version_id)
        aside = [Dismissal.model_validate(each) for each in said["dismissed"]]
        return Profile.model_validate(body).corrected(_meanings(said)).without(aside)

    def guessed_profile(self, version_id: str) -> tuple[Profile, dict[str, Meaning]]:
        """The facts as they were found, and what a person said about the columns. Raises: NotFound."""
        body, said = self._profile(version_id)
        return Profile.model_validate(body), _meanings(said)

    def _profile(self, version_id: str) -> tuple[Any, dict[str, Any]]:
        """The stored profile, and the row of its dataset."""
        with self._database.reading() as session:
            body = self._row(session, profiles, version_id)["body"]
            version = self._row(session, versions, version_id)
            return body, dict(self._row(session, datasets, version["dataset_id"]))

    def save_profile(self, profile: Profile) -> None:
        """Keeps the profile in place of the one the version has. Raises: NotFound."""
        with self._database.session() as session:
            self._row(session, profiles, profile.version_id)
            one = update(profiles).where(profiles.c.version_id == profile.version_id)
            session.execute(one.values(body=profile.model_dump(mode="json")))

    def save_meanings(self, dataset_id: str, meanings: Mapping[str, Meaning]) -> None:
        """Keeps what a person said the columns of the dataset are for. Raises: NotFound."""
        with self._database.session() as session:
            self._row(session, datasets, dataset_id)
            said = {name: meaning.model_dump(mode="json") for name, meaning in meanings.items()}
            session.execute(update(datasets).where(datasets.c.id == dataset_id).values(meanings=said))

    def save_dismissed(self, dataset_id: str, dismissed: Sequence[Dismissal]) -> None:
        """Keeps which alerts about the dataset were put aside. Raises: NotFound."""
        with self._database.session() as session:
            self._row(session, datasets, dataset_id)
            aside = [each.model_dump(mode="json") for each in dismissed]
            session.execute(update(datasets).where(datasets.c.id == dataset_id).values(dismissed=aside))


def _meanings(said: Mapping[str, Any]) -> dict[str, Meaning]:
    return {name: Meaning.model_validate(meaning) for name, meaning in said["meanings"].items()}
