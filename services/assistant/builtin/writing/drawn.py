"""Whether the chart that was asked for is the one that is shown; where it is not, a sentence says so."""

from __future__ import annotations

import json
import re
from typing import Final

from sandbox.messages import Figure, RunResult
from services.assistant.builtin.intent import Chart, Intent

_WANTED: Final = re.compile(
    r"^(?:please )?(?:plot|draw|chart|graph|visuali[sz]e)\b|\b(?:as|in) an? [\w ]*(?:chart|graph|plot)\b"
)
_TRACES: Final = {Chart.BOX: "box", Chart.PIE: "pie", Chart.HEATMAP: "heatmap"}
"""What a chart that cannot be mistaken for another is made of."""


def missed(question: str, intent: Intent, result: RunResult) -> tuple[str, ...]:
    """The sentence about a chart that was asked for and is not there; empty when all is well."""
    figures = [output for output in result.outputs if isinstance(output, Figure)]
    named = intent.chart if intent.chart_named else None
    if not figures:
        wanted = named is not None or _WANTED.search(question.strip().lower()) is not None
        how = "No chart is drawn of these rows. Ask for a number by a group or over time, such as “total by month”."
        return (how,) if wanted and intent.chart is not Chart.NONE else ()
    kinds = {str(trace.get("type", "")) for trace in json.loads(figures[0].json_text).get("data", [])}
    if named in _TRACES and _TRACES[named] not in kinds:
        return (f"A {named} chart cannot show these numbers; another chart is drawn instead.",)
    return ()
