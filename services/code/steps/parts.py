"""What steps are made of, such as one test of a filter."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen record inside a step."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
