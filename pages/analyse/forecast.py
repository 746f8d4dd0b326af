"""Forecast: what comes next, tried on the past beside the simplest guess, with intervals that were counted."""

from components import shell
from pages import desk

desk.questions(shell.workspace(), "Forecast")
