"""Statistics: pick what you want to know; the method is chosen by the facts, run, and shown with its assumptions."""

from components import shell
from pages import desk

desk.questions(shell.workspace(), "Statistics")
