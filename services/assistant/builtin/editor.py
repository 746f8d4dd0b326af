"""The form behind a plan, and the plan behind an edited form."""

from __future__ import annotations

from services.assistant.builtin.analyst import plan_of
from services.assistant.builtin.editing import choices, edited_intent, form_of, names_in_pick
from services.assistant.builtin.follow_ups import names_in
from services.assistant.builtin.intent import Intent
from services.domain import Plan, PlanKind, Profile
from services.errors import BadInput
from services.question_form import FormChoices, QuestionForm


def is_editable(plan: Plan) -> bool:
    """Whether the plan was made by this analyst, and its form is one that can be edited."""
    if plan.kind is not PlanKind.ANALYSE or not plan.intent:
        return False
    try:
        return form_of(Intent.model_validate(plan.intent)) is not None
    except ValueError:
        return False


def form(plan: Plan, profile: Profile) -> tuple[QuestionForm, FormChoices]:
    """The form of the plan and what may be chosen. Raises: BadInput, when it does not fit the table any more."""
    intent = _fitting(plan, profile)
    return form_of(intent) or QuestionForm(), choices(intent, profile)


def edited(plan: Plan, form: QuestionForm, profile: Profile) -> Plan:
    """The plan with what the form changes.

    Raises: BadInput, when its parts do not go together, nothing was changed, or it does not fit the table any more.
    """
    before = _fitting(plan, profile)
    intent = edited_intent(before, form, profile)
    if intent == before:
        raise BadInput("Nothing was changed.", "Change a part of the question first.")
    return plan_of(intent)


def _fitting(plan: Plan, profile: Profile) -> Intent:
    intent = Intent.model_validate(plan.intent)
    names = names_in(intent) if intent.pick is None else names_in_pick(intent)
    if gone := sorted(name for name in names if profile.column(name) is None):
        raise BadInput(f"There is no column “{gone[0]}” in this table any more.", "Ask the question again.")
    return intent
