"""The colours of charts: Plotly's own, which a figure holds when none were asked for, and those of the product."""

from __future__ import annotations

from typing import Any, Final

PLOTLY: Final = (
    *("#636efa", "#ef553b", "#00cc96", "#ab63fa", "#ffa15a", "#19d3f3", "#ff6692", "#b6e880", "#ff97ff", "#fecb52"),
    *("#0d0887", "#46039f", "#7201a8", "#9c179e", "#bd3786", "#d8576b", "#ed7953", "#fb9f3a", "#fdca26", "#f0f921"),
)
"""What Plotly Express writes into a figure: its ten categories, its ten-step scale."""
PRINT: Final = (
    *("#c2532f", "#2f7377", "#e2a33d", "#56699c", "#8c9b52", "#a3557e", "#4e9fb5", "#b58a63", "#7a7f87", "#de8b7c"),
    *("#fcefe8", "#f8d9ca", "#f2bfa8", "#eaa284", "#e08462", "#d26847", "#bc5233", "#9e4128", "#7d3320", "#5b2618"),
)
"""The same of the product's light theme, for paper; .streamlit/config.toml has them for the screen."""


def recoloured(part: Any, colours: dict[str, str]) -> Any:
    """The same figure without its template, and with these colours exchanged, wherever they stand."""
    if isinstance(part, dict):
        return {name: recoloured(value, colours) for name, value in part.items() if name != "template"}
    if isinstance(part, list):
        return [recoloured(value, colours) for value in part]
    return colours.get(part.lower(), part) if isinstance(part, str) and len(part) == 7 else part
