"""The profile of each version, and what a person said about the columns of a dataset."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update

from services.backends.door import Door
from services.backends.tables import datasets, profiles, versions
from services.domain import Meaning, Profile


class ProfileRows(Door):
    """The part of `Rows` about profiles."""

    def profile(self, version_id: str) -> Profile:
        """The facts about a version; what a person said about its columns wins. Raises: NotFound."""
        profile, meanings = self.guessed_profile(version_id)
        return profile.corrected(meanings)

    def guessed_profile(self, version_id: str) -> tuple[Profile, dict[str, Meaning]]:
        """The facts as they were found, and what a person said about the columns. Raises: NotFound."""
        with self._database.reading() as session:
            body = self._row(session, profiles, version_id)["body"]
            version = self._row(session, versions, version_id)
            said = self._row(session, datasets, version["dataset_id"])["meanings"]
        meanings = {name: Meaning.model_validate(meaning) for name, meaning in said.items()}
        return Profile.model_validate(body), meanings

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
