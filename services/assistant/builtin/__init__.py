"""The built-in analyst: real answers without a language model."""

from services.assistant.builtin.analyst import BuiltinAnalyst
from services.assistant.builtin.editor import edited, form, is_editable
from services.assistant.builtin.requests.wish import steps
from services.assistant.builtin.starters import starters

__all__ = ["BuiltinAnalyst", "edited", "form", "is_editable", "starters", "steps"]
