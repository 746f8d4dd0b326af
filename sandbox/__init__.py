"""Runs untrusted analysis code away from this process. Stands alone: imports nothing of the rest of the product."""

from sandbox.host import Sandbox
from sandbox.messages import (
    Figure,
    Grant,
    Image,
    Limits,
    OnOutput,
    Output,
    RunError,
    RunRequest,
    RunResult,
    RunStatus,
    Table,
    Text,
    Value,
)

__all__ = [
    "Figure",
    "Grant",
    "Image",
    "Limits",
    "OnOutput",
    "Output",
    "RunError",
    "RunRequest",
    "RunResult",
    "RunStatus",
    "Sandbox",
    "Table",
    "Text",
    "Value",
]
