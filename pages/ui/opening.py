"""Opening a case from the form that also asks its first step, which is taken in the same moment where it can be."""

from typing import Any

from core.case import Case
from core.people import Role
from core.process import Process
from pages.ui import session


def with_first_step(process: Process, filled: dict[str, Any], said: str) -> Case:
    """Open the case; take its first step with it where the field `said` is filled in and it is this person's."""
    me, step = session.person(), process.first.actions[0]
    asks = {field.key for field in step.asks}
    opening = {key: value for key, value in filled.items() if key not in asks}
    answers = {key: value for key, value in filled.items() if key in asks}
    mine = Role.SECRETARY in me.roles or filled.get("organiser") == me.id
    then = (step.key, answers) if filled.get(said) and mine else None
    new = session.office().open(process.key, opening, by=me, form=session.form_id(process.key), then=then)
    session.forget_form_id(process.key)
    return new
