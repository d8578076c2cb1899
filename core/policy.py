"""Who may see and do what. The only module that answers that question.

Every answer is a reason: `None` means yes, a sentence means no and why. Pages use it to grey a
button with its reason, commands use it to refuse, and the reader turns `sees_everything` and
`concerned` into the one condition every query starts from.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.people import RESOURCE, Person, Role

if TYPE_CHECKING:
    from core.case import Case
    from core.process import Action, Process
    from core.schedule import Entry


_OWN_STEP = "上一步由您本人办理，这一步须由他人办理"

_OVERSEERS = frozenset({Role.DIRECTOR, Role.SECRETARY, Role.AUDITOR, Role.SYSTEM})


def sees_everything(person: Person) -> bool:
    """Whether the person may see every case within their clearance; others see what concerns them.

    A deputy sees what the absent person sees, never beyond their own clearance.
    """
    return bool(person.duties & _OVERSEERS)


def why_not_see(person: Person, case: Case) -> str | None:
    """Why this person may not see the case, or None. Says nothing about what the case is."""
    if person.clearance < case.grade:
        return f"本件定为{case.grade.label}，超出您的知悉范围"
    if not sees_everything(person) and not person.names & case.concerned:
        return "本件不在您的知悉范围"
    return None


def parts(person: Person, case: Case) -> frozenset[Role]:
    """The roles the person plays at this case: their own, and handler when it lies with them."""
    handles = person.own_names & {case.owner, case.delegated_by}
    return person.roles | {Role.HANDLER} if handles else person.roles


def why_not_open(person: Person, process: Process) -> str | None:
    """Why this person may not open a case of the process, or None: as themselves or as a deputy."""
    return _unless_among(process.opened_by, person.duties)


def opening_for(person: Person, process: Process) -> str:
    """The id of the absent person for whom this one opens a case, empty where it is their own to open."""
    if person.roles & process.opened_by:
        return ""
    return next((absent.id for absent in person.stands_in_for if absent.roles & process.opened_by), "")


def why_not_act(person: Person, action: Action, case: Case) -> str | None:
    """Why this person may not take this action on the case now, or None: as themselves or as a deputy."""
    if reason := why_not_see(person, case):
        return reason
    holders = (person, *person.stands_in_for)
    reasons = [_why_not_as(person, holder, action, case) for holder in holders]
    if None in reasons:
        return None
    # Who may act but for having had a hand in it before is told that, rather than whose step it is.
    able = (n for n, holder in enumerate(holders) if not _unless_among(action.by, parts(holder, case)))
    return reasons[next(able, 0)]


def acting_for(person: Person, action: Action, case: Case) -> str:
    """The id of the absent person for whom this one takes the action, empty where it is their own to take.

    What one may do oneself is never done in another's name, so that the trace says 代 only where it must.
    """
    if why_not_see(person, case) or not _why_not_as(person, person, action, case):
        return ""
    able = (absent for absent in person.stands_in_for if not _why_not_as(person, absent, action, case))
    return next((absent.id for absent in able), "")


def _why_not_as(person: Person, holder: Person, action: Action, case: Case) -> str | None:
    """Why the person may not take the action with the holder's roles: their own, or an absent one's."""
    if reason := _unless_among(action.by, parts(holder, case)):
        return reason
    if action.second_pair_of_eyes and case.stepped_by in (person.id, holder.id):
        return _OWN_STEP
    return _taken_already(person, holder, action, case)


def _taken_already(person: Person, holder: Person, action: Action, case: Case) -> str | None:
    """Which earlier step of the case, taken by either of them, keeps the person from this one (C20)."""
    hands = {person.id, holder.id} - {case.data.get(action.excused)}
    taken = next((key for key in action.apart_from if hands & case.takers(key)), None)
    if taken is None:
        return None
    title = next((one.title for one in case.process.actions if one.key == taken), case.process.opening)
    whose = "您本人" if person.id in case.takers(taken) else f"您所代的{holder.name}"
    return f"本件的“{title}”由{whose}办理，“{action.title}”须由另一人办理"


def _unless_among(allowed: Iterable[Role], held: frozenset[Role]) -> str | None:
    allowed = frozenset(allowed)
    if allowed & held:
        return None
    people = [role.label for role in Role if role in allowed and role != Role.SYSTEM]
    return f"这一步由{'、'.join(people) or Role.SYSTEM.label}办理"


def decides_extensions(person: Person) -> bool:
    """Whether requests for an extension come to this person's desk."""
    return bool(person.duties & {Role.DIRECTOR, Role.LEADER})


def why_not_print(person: Person, case: Case) -> str | None:
    """Why this person may not have the case's papers, or None: what is classified is not printed here."""
    reason = why_not_see(person, case)
    return reason or ("涉密件的单据按保密规定在涉密设备上打印" if case.grade.classified else None)


def why_not_amend(person: Person) -> str | None:
    """Why this person may not approve a change of the standard, or None."""
    return _unless_among({Role.DIRECTOR, Role.STANDARDS}, person.roles)


def why_not_administer(person: Person) -> str | None:
    """Why this person may not manage accounts and settings, or None."""
    return _unless_among({Role.ADMINISTRATOR, Role.DIRECTOR}, person.roles)


def why_not_together(roles: Iterable[Role]) -> str | None:
    """Why one person may not have all these roles, or None: who administers does not audit (等保)."""
    roles = frozenset(roles)
    if Role.AUDITOR in roles and {Role.ADMINISTRATOR, Role.DIRECTOR} & roles:
        return "审计不能与管理员、办公室主任由同一人担任，请分别指定"
    return None


def why_not_keep_absence(person: Person, absent: str) -> str | None:
    """Why this person may not register or end the absence of another (by id), or None."""
    return None if person.id == absent else why_not_administer(person)


def why_not_keep_numbers(person: Person) -> str | None:
    """Why this person may not keep the number book – set numbers aside, give them up –, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR}, person.roles)


def why_not_keep_contacts(person: Person) -> str | None:
    """Why this person may not keep the address book and see how people are reached, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR, Role.ADMINISTRATOR}, person.roles)


def why_not_poll(person: Person) -> str | None:
    """Why this person may not open and close surveys, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR}, person.roles)


def why_not_keep_views(person: Person) -> str | None:
    """Why this person may not save and remove the views that everybody of a role finds, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR, Role.ADMINISTRATOR}, person.roles)


def why_not_watch_messages(person: Person) -> str | None:
    """Why this person does not look after what is sent to people, or None."""
    watching = {Role.SECRETARY, Role.DIRECTOR, Role.AUDITOR, Role.ADMINISTRATOR}
    return _unless_among(watching, person.duties)


def why_not_send_again(person: Person, case: Case | None = None) -> str | None:
    """Why this person may not send messages of the case – of any case – again, or say they told it otherwise; or None."""
    deciding = {Role.SECRETARY, Role.DIRECTOR}
    if case is None:
        return _unless_among(deciding, person.roles)
    return why_not_see(person, case) or _unless_among({*deciding, Role.HANDLER}, parts(person, case))


def why_not_see_entry(person: Person, entry: Entry, everybody: Iterable[Person]) -> str | None:
    """Why this person sees of an entry of the calendar only that somebody is busy, or None.

    Who oversees everything sees it, within their clearance; others their own, what they entered, and what is
    entered for somebody of their department. A meeting or a reception is seen by those who take part. Who is away, and
    who stands in, is for everybody.
    """
    if person.clearance < entry.grade:
        return f"本项定为{entry.grade.label}，超出您的知悉范围"
    if entry.is_absence or sees_everything(person) or person.id == entry.by or person.names & {*entry.whom}:
        return None
    department = [one.id for one in everybody if one.department == person.department != ""]
    if not entry.case_id and {*department} & {*entry.whom}:
        return None
    return "这项日程不在您的知悉范围，只显示忙"


def why_not_keep_entry(person: Person, whom: Iterable[str]) -> str | None:
    """Why this person may not enter or change something on the calendar of these, or None.

    Secretaries and the director keep everybody's; others their own, their department's, and what they book.
    """
    if person.duties & {Role.SECRETARY, Role.DIRECTOR}:
        return None
    others = [who for who in whom if who not in person.names and not who.startswith(RESOURCE)]
    return "别人的日程由本人、文秘岗或办公室主任安排；请只选自己和本部门" if others else None


def why_not_keep_resources(person: Person) -> str | None:
    """Why this person may not keep the list of rooms and cars, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR, Role.ADMINISTRATOR}, person.roles)


def why_not_keep_duties(person: Person) -> str | None:
    """Why this person may not keep the list of what the departments report, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR}, person.roles)


def why_not_set_up_information(person: Person) -> str | None:
    """Why this person has nothing to do with how information comes in and is graded, or None."""
    among = {Role.SECRETARY, Role.DIRECTOR, Role.STANDARDS, Role.ADMINISTRATOR}
    return _unless_among(among, person.roles)


def why_not_keep_grading(person: Person) -> str | None:
    """Why this person may not change the rules by which information is graded, or None."""
    return _unless_among({Role.DIRECTOR, Role.STANDARDS}, person.roles)


def why_not_see_clippings(person: Person) -> str | None:
    """Why this person does not see what sources outside brought, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR, Role.AUDITOR}, person.duties)


def why_not_judge_clippings(person: Person) -> str | None:
    """Why this person may not keep or drop what sources outside brought, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR}, person.duties)


def why_not_keep_sources(person: Person) -> str | None:
    """Why this person may not keep monitoring points and sources, or None."""
    return _unless_among({Role.SECRETARY, Role.DIRECTOR}, person.roles)


def why_not_keep_hosts(person: Person) -> str | None:
    """Why this person may not say which hosts are called and who may bring things by the interface, or None."""
    return why_not_administer(person)


def why_not_audit(person: Person) -> str | None:
    """Why this person may not search the record of events and sign-ins, or None."""
    return _unless_among({Role.AUDITOR, Role.DIRECTOR}, person.roles)
