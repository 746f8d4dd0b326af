"""Every kind of analysis. A new kind is a class in one of these modules and its name in `Single` below."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias, get_args

from pydantic import Field, TypeAdapter, ValidationError

from services.code.analyses.analysis import AnalysisBase, Evidence, MethodChoice
from services.code.analyses.charts import Chart
from services.code.analyses.estimation import Interval, RelateAll, RowsForMeans, RowsForShares
from services.code.analyses.forecasting import Forecast
from services.code.analyses.gallery import Gallery
from services.code.analyses.grouping import Components, Groups
from services.code.analyses.modelling import Predict
from services.code.analyses.significance import (
    AbTest,
    CheckShape,
    CompareGroups,
    ComparePairs,
    CompareSpread,
    Relate,
)
from services.code.analyses.times import CalendarEffects, ChangePoints, Decompose, TimeAnomalies
from services.errors import BadInput

__all__ = ["KINDS", "Analysis", "AnalysisBase", "Evidence", "MethodChoice", "parse"]

Single: TypeAlias = (
    Chart
    | Gallery
    | CompareGroups
    | ComparePairs
    | Relate
    | AbTest
    | CompareSpread
    | CheckShape
    | Interval
    | RelateAll
    | RowsForMeans
    | RowsForShares
    | Forecast
    | Decompose
    | ChangePoints
    | TimeAnomalies
    | CalendarEffects
    | Predict
    | Groups
    | Components
)
Analysis: TypeAlias = Annotated[Single, Field(discriminator="kind")]
"""One reading of a table, as data."""

KINDS: Final[dict[str, type[AnalysisBase]]] = {kind.model_fields["kind"].default: kind for kind in get_args(Single)}
"""Every kind of analysis by its name."""

_ADAPTER: Final[TypeAdapter[Single]] = TypeAdapter(Analysis)


def parse(data: object) -> Single:
    """The analysis in a JSON object, from a form, a model or a file. Raises: BadInput."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"This analysis cannot be used: {place}: {first['msg']}.", "Choose its parts again.") from error
