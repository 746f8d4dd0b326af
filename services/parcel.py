"""What the archive of one person holds of one team: everything they made there, written file by file."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from pydantic import BaseModel, JsonValue

from services import recipes, uploads
from services.domain import Dataset, Upload
from services.errors import NotFound
from services.workspace import Workspace


class Made(Protocol):
    """What knows who made it."""

    @property
    def created_by(self) -> str: ...


N = TypeVar("N", bound=Made)
UNSAFE: Final = re.compile(r"[^\w .-]+")
READ_ME: Final = """Everything Red Pandas keeps of you.

account.json            who you are, and the teams you are in
activity.csv            what you did
<team>/datasets/        each dataset you made: what it is, its files as they came, every kept version as Parquet
<team>/uploads/         files you uploaded and did not save
<team>/conversations/   each conversation you began, with questions, answers and code as JSON
<team>/pins/            each answer you pinned, with what it shows
<team>/reports/         each report you made with its sections, and the files that were made of it
<team>/dashboards/      each dashboard you made with its tiles
<team>/recipes/         each recipe you kept
<team>/connections.json where your connections lead, without passwords and keys
"""


@dataclass(frozen=True)
class Parcel:
    """Writes into `target` what the person of `ws` made in its team."""

    ws: Workspace
    target: zipfile.ZipFile

    def write(self) -> None:
        """Everything, each kind of thing in a folder of its own."""
        for dataset in self._own([*self.ws.rows.datasets(), *self.ws.rows.datasets(deleted=True)]):
            self._dataset(dataset, f"datasets/{named(dataset.name, dataset.id)}")
        for upload in self.ws.uploads.all():
            if not self.ws.uploads.is_read(upload.id):
                self._original(upload, "uploads")
        self._conversations()
        self._pins()
        self._reports()
        self._dashboards()
        for recipe in self._own(recipes.list_all(self.ws)):
            self._text(f"recipes/{named(recipe.name, recipe.id)}.json", recipes.to_json(recipe))
        if found := self._own(self.ws.connections.all()):
            self._told("connections.json", connections=_plain(found))

    def _dataset(self, dataset: Dataset, place: str) -> None:
        versions = self.ws.rows.versions(dataset.id)
        self._told(f"{place}/dataset.json", dataset=_plain([dataset])[0], versions=_plain(versions))
        for version in versions:
            if version.stored:
                # Parquet is compressed as it is.
                self._file(version.storage_key, f"{place}/versions/{version.id}.parquet", zipfile.ZIP_STORED)
        for upload_id in self.ws.uploads.read_by(dataset.id):
            try:
                self._original(self.ws.uploads.of_team(upload_id), f"{place}/originals")
            except NotFound:
                continue

    def _conversations(self) -> None:
        for conversation in self.ws.members.begun(self.ws.user.id):
            turns = self.ws.rows.turns(conversation.id)
            where = f"conversations/{named(conversation.title, conversation.id)}.json"
            self._told(where, conversation=_plain([conversation])[0], turns=_plain(turns))

    def _pins(self) -> None:
        for listed in self._own([pin for pin, _ in self.ws.pins.all()]):
            pin = self.ws.pins.get(listed.id)
            self._told(f"pins/{named(pin.name, pin.id)}.json", pin=_plain([pin])[0])

    def _reports(self) -> None:
        for report in self._own([*self.ws.reports.all(), *self.ws.reports.all(deleted=True)]):
            place = f"reports/{named(report.title, report.id)}"
            sections = self.ws.reports.sections(report.id)
            self._told(f"{place}/report.json", report=_plain([report])[0], sections=_plain(sections))
            for file in self.ws.reports.files(report.id):
                name = f"{file.id[:8]} {named(file.name)}.{file.ending}"
                self._file(file.key, f"{place}/files/{name}", zipfile.ZIP_STORED)

    def _dashboards(self) -> None:
        for dashboard in self._own(self.ws.dashboards.all()):
            tiles = self.ws.dashboards.tiles(dashboard.id)
            where = f"dashboards/{named(dashboard.name, dashboard.id)}.json"
            self._told(where, dashboard=_plain([dashboard])[0], tiles=_plain(tiles))

    def _original(self, upload: Upload, place: str) -> None:
        self._file(uploads.key(upload), f"{place}/{upload.id[:8]} {named(upload.filename)}", zipfile.ZIP_DEFLATED)

    def _own(self, found: Sequence[N]) -> list[N]:
        return [each for each in found if each.created_by == self.ws.user.id]

    def _told(self, where: str, **told: JsonValue) -> None:
        self._text(where, json.dumps(told, indent=2, ensure_ascii=False))

    def _text(self, where: str, text: str) -> None:
        self.target.writestr(self._within(where), text)

    def _file(self, key: str, where: str, packing: int) -> None:
        """A file that is gone by now is left out: somebody may remove things while they are packed."""
        try:
            with self.ws.backends.storage.local(key) as path:
                self.target.write(path, self._within(where), packing)
        except NotFound:
            return

    def _within(self, where: str) -> str:
        return f"{named(self.ws.team.name, self.ws.team.id)}/{where}"


def named(text: str, id: str = "") -> str:
    """A file name that no unpacking program takes for a path, made different by the beginning of the id."""
    clean = UNSAFE.sub("_", text).strip(" .")[:60] or "unnamed"
    return f"{clean} {id[:8]}" if id else clean


def _plain(found: Sequence[BaseModel]) -> list[JsonValue]:
    return [each.model_dump(mode="json") for each in found]
