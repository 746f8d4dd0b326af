"""Model: what a column can be told from, how well on rows not seen before, and what belongs together."""

from components import shell
from pages import desk

desk.questions(shell.workspace(), "Model")
