"""Every kind of step. A new kind is a class in one of these modules and its name in `Single` below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, get_args

from pydantic import Field, TypeAdapter, ValidationError

from services.code.steps.base import TABLE, Columns, Relation, StepBase, count, refuse
from services.code.steps.cast import CastColumn
from services.code.steps.columns import (
    CopyColumn,
    DropColumns,
    MergeColumns,
    RenameColumns,
    SelectColumns,
    SplitColumn,
    TidyNames,
)
from services.code.steps.dates import DateDifference, DateParts, RoundDates, SettleDates, ShiftDates, WriteDates
from services.code.steps.features import Encode, GroupRare, OneHot
from services.code.steps.free import FreeCode
from services.code.steps.groups import Change, GroupStatistic, Lag, Rank, Rolling, Running, Share
from services.code.steps.masks import Fake, Generalise, KeyedHash, PartialMask, Redact
from services.code.steps.missing import DropMissing, Fill, FillNeighbour, FillStatistic, MarkMissing, ToMissing
from services.code.steps.models import FillModel, UnusualRows
from services.code.steps.numbers import Bins, Calculate, ConvertUnits, Function, NumberFromText, Round, Scale
from services.code.steps.rows import Condition, DropRows, FilterRows, SortRows
from services.code.steps.tables import (
    Aggregate,
    Append,
    Deduplicate,
    FirstRows,
    Join,
    Measure,
    NumberRows,
    Pivot,
    Sample,
    Unpivot,
)
from services.code.steps.text import (
    Affix,
    ChangeCase,
    Extract,
    MendEncoding,
    Pad,
    RemoveCharacters,
    Substring,
    TextLength,
    Trim,
)
from services.code.steps.values import (
    CellEdit,
    EditCells,
    FindReplace,
    LimitRange,
    Outliers,
    RepairByKey,
    ReplaceValues,
)
from services.errors import BadInput

__all__ = [
    "KINDS",
    "TABLE",
    "Affix",
    "Aggregate",
    "Append",
    "Bins",
    "Calculate",
    "CastColumn",
    "CellEdit",
    "Chain",
    "Change",
    "ChangeCase",
    "Condition",
    "ConvertUnits",
    "CopyColumn",
    "DateDifference",
    "DateParts",
    "Deduplicate",
    "DropColumns",
    "DropMissing",
    "DropRows",
    "EditCells",
    "Encode",
    "Extract",
    "Fake",
    "Fill",
    "FillModel",
    "FillNeighbour",
    "FillStatistic",
    "FilterRows",
    "FindReplace",
    "FirstRows",
    "FreeCode",
    "Function",
    "Generalise",
    "GroupRare",
    "GroupStatistic",
    "Join",
    "KeyedHash",
    "Lag",
    "LimitRange",
    "MarkMissing",
    "Masking",
    "Measure",
    "MendEncoding",
    "MergeColumns",
    "NumberFromText",
    "NumberRows",
    "Off",
    "OneHot",
    "Outliers",
    "Pad",
    "PartialMask",
    "Pivot",
    "Plain",
    "Rank",
    "Redact",
    "Relation",
    "RemoveCharacters",
    "RenameColumns",
    "RepairByKey",
    "ReplaceValues",
    "Rolling",
    "Round",
    "RoundDates",
    "Running",
    "Sample",
    "Scale",
    "SelectColumns",
    "SettleDates",
    "Share",
    "ShiftDates",
    "Single",
    "SortRows",
    "SplitColumn",
    "Step",
    "StepBase",
    "Substring",
    "TextLength",
    "TidyNames",
    "ToMissing",
    "Trim",
    "Unpivot",
    "UnusualRows",
    "WriteDates",
    "parse",
]

OfColumns: TypeAlias = SelectColumns | DropColumns | RenameColumns | CopyColumn | SplitColumn | MergeColumns | TidyNames
OfRows: TypeAlias = (
    FilterRows | SortRows | DropMissing | Deduplicate | DropRows | UnusualRows | Sample | FirstRows | NumberRows
)
OfValues: TypeAlias = (
    Fill
    | FillStatistic
    | FillNeighbour
    | FillModel
    | ToMissing
    | ReplaceValues
    | EditCells
    | RepairByKey
    | Outliers
    | LimitRange
)
OfTypes: TypeAlias = CastColumn | NumberFromText
OfText: TypeAlias = (
    Trim | ChangeCase | FindReplace | RemoveCharacters | MendEncoding | Affix | Substring | Pad | Extract
)
OfDates: TypeAlias = DateParts | DateDifference | ShiftDates | RoundDates | WriteDates | SettleDates
OfNumbers: TypeAlias = Round | Function | Calculate | ConvertUnits
OfGroups: TypeAlias = GroupStatistic | Running | Change | Rolling | Rank | Share
OfTables: TypeAlias = Aggregate | Pivot | Unpivot | Join | Append
OfFeatures: TypeAlias = OneHot | Encode | GroupRare | Scale | Bins | Lag | TextLength | MarkMissing
Masking: TypeAlias = Redact | PartialMask | KeyedHash | Fake | Generalise
Plain: TypeAlias = (
    OfColumns | OfRows | OfValues | OfTypes | OfText | OfDates | OfNumbers | OfGroups | OfTables | OfFeatures | Masking
) | FreeCode


class Off(StepBase):
    """A step that is switched off: it keeps its place in the recipe and does nothing."""

    ROW_LOCAL: ClassVar = True
    KEEPS_ROWS: ClassVar = True
    KEEPS_CELLS: ClassVar = True

    kind: Literal["off"] = "off"
    step: Annotated[Plain, Field(discriminator="kind")]

    def check(self, columns: Sequence[str]) -> Columns:
        return tuple(columns)

    def to_code(self) -> str:
        return "df = df  # switched off"

    def describe(self) -> str:
        return f"Off: {self.step.describe()}"


Single: TypeAlias = Plain | Off


class Chain(StepBase):
    """Several steps, run as one snippet: what a recipe becomes when it is applied."""

    kind: Literal["chain"] = "chain"
    name: str = Field(default="", max_length=120)
    steps: tuple[Annotated[Single, Field(discriminator="kind")], ...] = Field(min_length=1, max_length=500)

    @property
    def row_local(self) -> bool:
        return all(step.row_local for step in self.steps)

    @property
    def keeps_rows(self) -> bool:
        return all(step.keeps_rows for step in self.steps)

    @property
    def keeps_cells(self) -> bool:
        return all(step.keeps_cells for step in self.steps)

    @property
    def by_hand(self) -> bool:
        return any(step.by_hand for step in self.steps)

    @property
    def keyed(self) -> bool:
        return any(step.keyed for step in self.steps)

    @property
    def sources(self) -> Mapping[str, str]:
        return {name: version_id for step in self.steps for name, version_id in step.sources.items()}

    def check(self, columns: Sequence[str]) -> Columns:
        if self.keyed and self.by_hand:
            refuse("Code written by hand cannot run beside a mask with the team's key.", "Apply one, then the other.")
        after: Columns = tuple(columns)
        for step in self.steps:
            after = None if after is None else step.check(after)
        return after

    def to_code(self) -> str:
        return "\n\n".join(f"# {_comment(step.describe())}\n{step.to_code()}" for step in self.steps)

    def describe(self) -> str:
        sentences = [step.describe() for step in self.steps]
        shown = "; ".join(sentences[:3]) + (f"; and {len(sentences) - 3} more" if len(sentences) > 3 else "")
        return f"{self.name or count(len(sentences), 'step')}: {shown}"

    def to_sql(self, table: Relation) -> Relation | None:
        relation: Relation | None = table
        for step in self.steps:
            relation = None if relation is None else step.to_sql(relation)
        return relation

    def renames(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for step in self.steps:
            new = dict(step.renames())
            names = {old: new.pop(name, name) for old, name in names.items()} | new
        return names

    def kinds(self) -> Mapping[str, str]:
        kinds: dict[str, str] = {}
        for step in self.steps:
            renames = step.renames()
            kinds = {renames.get(name, name): kind for name, kind in kinds.items()} | dict(step.kinds())
        return kinds


Step: TypeAlias = Annotated[Single | Chain, Field(discriminator="kind")]
"""One change of a table, as data."""

KINDS: Final[dict[str, type[StepBase]]] = {
    kind.model_fields["kind"].default: kind for kind in (*get_args(Single), Chain)
}
"""Every kind of step by its name."""

_ADAPTER: Final[TypeAdapter[Single | Chain]] = TypeAdapter(Step)


def parse(data: object) -> Single | Chain:
    """The step in a JSON object, from a form, a model or a file. Raises: BadInput."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"This step cannot be used: {place}: {first['msg']}.", "Choose its parts again.") from error


def _comment(sentence: str) -> str:
    """The sentence on one line: it stands in code, and holds names from outside."""
    return " ".join("".join(c if c.isprintable() else " " for c in sentence).split())
