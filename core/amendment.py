"""A change of the standard as data: what the office alters without a programmer.

An amendment is a list of typed overrides with a day from which it holds, who proposed and who
approved it, and why. `amended` builds the next version through the constructor of `Process`, so a
change that would contradict the rest is refused with the reason and never stored. Cases keep the
version they began under.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field as Tag
from pydantic import TypeAdapter

from core.errors import BadDefinition, Refused
from core.people import Role
from core.process import Due, Process, Stage, edition
from core.worktime import Limit


@dataclass(frozen=True, kw_only=True)
class SetLimit:
    """Another time limit for a step, or for the whole case where `stage` is empty."""

    stage: str
    days: int = 0
    hours: int = 0
    clock_hours: int = 0
    sets: Literal["limit"] = "limit"


@dataclass(frozen=True, kw_only=True)
class SetText:
    """Other words for what is done at a step."""

    stage: str
    does: str
    sets: Literal["text"] = "text"


@dataclass(frozen=True, kw_only=True)
class SetLists:
    """Other inputs, outputs or spot-check questions; None leaves a list as it is."""

    stage: str
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None
    spot_checks: tuple[str, ...] | None = None
    sets: Literal["lists"] = "lists"


@dataclass(frozen=True, kw_only=True)
class SetDuty:
    """Another role responsible for a step; it may also take the step's actions."""

    stage: str
    duty: Role
    sets: Literal["duty"] = "duty"


@dataclass(frozen=True, kw_only=True)
class SetRequired:
    """Whether a field must be filled in."""

    field: str
    required: bool
    sets: Literal["required"] = "required"


@dataclass(frozen=True, kw_only=True)
class SwitchOff:
    """An optional step left out: whatever led to it leads to where its first action does."""

    stage: str
    sets: Literal["off"] = "off"


@dataclass(frozen=True, kw_only=True)
class SwitchOn:
    """A spare step taken up: whatever led to where its first action does now leads to it (R45)."""

    stage: str
    sets: Literal["on"] = "on"


Change = Annotated[
    SetLimit | SetText | SetLists | SetDuty | SetRequired | SwitchOff | SwitchOn, Tag(discriminator="sets")
]


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """An approved change. `approved_by` differs from `proposed_by` (both are people's ids).

    `base`: the version it was approved on. Cases are pinned to what it made of that version, so it is
    built on that one again even after an update of the program has brought newer ones.
    """

    process: str
    in_force_from: date
    changes: tuple[Change, ...]
    reason: str
    proposed_by: str
    approved_by: str
    base: int = 0


_JSON = TypeAdapter(Amendment)


def pack(amendment: Amendment) -> dict[str, Any]:
    """The amendment as JSON, for storing."""
    return dict(_JSON.dump_python(amendment, mode="json"))


def unpack(stored: dict[str, Any]) -> Amendment:
    """The amendment that was stored."""
    return _JSON.validate_python(stored)


def amended(process: Process, amendment: Amendment) -> Process:
    """The next version of the process. Raises `Refused` with the reason if it would not hold together."""
    if amendment.proposed_by == amendment.approved_by:
        raise Refused({"approved_by": "标准的修订须由提出人以外的人批准"})
    if amendment.in_force_from < process.in_force_from:
        raise Refused({"in_force_from": f"生效日期不能早于现行版本的 {process.in_force_from:%Y-%m-%d}"})
    try:
        for change in amendment.changes:
            process = _APPLY[type(change)](process, change)
        return replace(process, version=process.next_revision, in_force_from=amendment.in_force_from)
    except BadDefinition as fault:
        raise Refused({"": f"修订后标准自相矛盾，未保存：{'；'.join(fault.faults)}"}) from fault


def check_fixed(process: Process, amendment: Amendment) -> None:
    """Refuse to make optional what the office's standard itself demands; for what is approved from now on.

    Apart from `amended`, which also builds again what was approved earlier: cases are pinned to that.
    """
    for change in amendment.changes:
        if not isinstance(change, SetRequired) or change.required:
            continue
        if (field := process.fields.get(change.field)) and field.fixed:
            raise Refused({"field": f"“{field.title}”是标准规定必须填写的，不能改为选填"})


def _changed(process: Process, key: str, change: Callable[[Stage], Stage]) -> Process:
    if key not in {stage.key for stage in process.stages}:
        raise BadDefinition(process.key, [f"没有“{key}”这一步"])
    return replace(process, stages=tuple(change(s) if s.key == key else s for s in process.stages))


def _set_limit(process: Process, change: SetLimit) -> Process:
    try:
        limit = Limit(change.days, change.hours, change.clock_hours)
    except ValueError as fault:
        raise Refused({"limit": "时限请填一种单位，且大于 0"}) from fault
    rule = edition(process.next_revision)  # the words of the old rule name the old limit
    if not change.stage:
        return replace(process, due=replace(process.due or Due(), limit=limit, rule=rule))
    return _changed(
        process,
        change.stage,
        lambda s: replace(s, due=replace(s.due or Due(), limit=limit, on=None, rule=rule)),
    )


def _set_text(process: Process, change: SetText) -> Process:
    return _changed(process, change.stage, lambda s: replace(s, does=change.does))


def _set_lists(process: Process, change: SetLists) -> Process:
    new = {k: v for k in ("inputs", "outputs", "spot_checks") if (v := getattr(change, k)) is not None}
    return _changed(process, change.stage, lambda s: replace(s, **new))


def _set_duty(process: Process, change: SetDuty) -> Process:
    def given(stage: Stage) -> Stage:
        actions = tuple(replace(action, by=action.by | {change.duty}) for action in stage.actions)
        return replace(stage, duty=change.duty, actions=actions)

    return _changed(process, change.stage, given)


def _set_required(process: Process, change: SetRequired) -> Process:
    if change.field not in process.fields:
        raise BadDefinition(process.key, [f"没有“{change.field}”这一项"])

    def told(fields: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(replace(f, required=change.required) if f.key == change.field else f for f in fields)

    stages = tuple(
        replace(stage, actions=tuple(replace(a, asks=told(a.asks)) for a in stage.actions))
        for stage in process.stages
    )
    return replace(process, opens_with=told(process.opens_with), stages=stages)


def _switch_off(process: Process, change: SwitchOff) -> Process:
    gone = next((stage for stage in process.stages if stage.key == change.stage), None)
    if gone is None or not gone.optional:
        raise BadDefinition(process.key, [f"“{gone.title if gone else change.stage}”不是可以停用的步骤"])
    onward = gone.actions[0].to

    def led(stage: Stage) -> Stage:
        return replace(
            stage, actions=tuple(replace(a, to=onward) if a.to == gone.key else a for a in stage.actions)
        )

    left = [led(stage) for stage in process.stages if stage is not gone]
    reached = {action.to for stage in left for action in stage.actions}
    alone = {action.to for action in gone.actions} - reached  # ends that only this step led to
    return replace(process, stages=tuple(s for s in left if not (s.is_end and s.key in alone)))


def _switch_on(process: Process, change: SwitchOn) -> Process:
    new = next((stage for stage in process.spare if stage.key == change.stage), None)
    if new is None:
        raise BadDefinition(process.key, [f"没有可以增补的“{change.stage}”这一步"])
    onward = new.actions[0].to

    def led(stage: Stage) -> Stage:
        return replace(
            stage, actions=tuple(replace(a, to=new.key) if a.to == onward else a for a in stage.actions)
        )

    place = next(n for n, stage in enumerate(process.stages) if stage.key == onward)
    before, after = process.stages[:place], process.stages[place:]
    spare = tuple(stage for stage in process.spare if stage is not new)
    return replace(process, stages=(*map(led, before), new, *after), spare=spare)


_APPLY: dict[type, Callable[[Process, Any], Process]] = {
    SetLimit: _set_limit,
    SetText: _set_text,
    SetLists: _set_lists,
    SetDuty: _set_duty,
    SetRequired: _set_required,
    SwitchOff: _switch_off,
    SwitchOn: _switch_on,
}
