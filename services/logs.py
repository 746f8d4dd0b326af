"""Where our own records go: standard error, at the level of the settings. Libraries keep their own ways."""

from __future__ import annotations

import logging

OURS = ("red_pandas", "services", "sandbox")
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure(level: str) -> None:
    """Sends our records of this level and above to standard error, once however often it is called."""
    for name in OURS:
        logger = logging.getLogger(name)
        logger.setLevel(level)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter(LINE))
            logger.addHandler(handler)
