"""An electronic vote: put to the vote, started with a fixed electorate, finished, published (issue 5, N16)."""

from datetime import date

from core.ballots import (
    ASKS,
    PUBLISHED,
    RESULT,
    RUNNING,
    TERMS,
    freeze,
    publish,
    quorum_can_be_reached,
    quorum_is_named,
)
from core.people import Role
from core.process import Action, Check, Due, Finds, Numbering, Process, Stage
from core.worktime import Limit

_RUNS = frozenset({Role.SECRETARY, Role.DIRECTOR})

V1 = Process(
    key="ballot",
    title="表决",
    family="会议组织",
    purpose="要表决的事，谁有权投、怎样算通过，启动前写定；启动后名单和规则不再变，结果由程序按规则算出，公布后留痕。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"表决〔{year}〕{{n}}号"),
    names="question",
    opening="发起表决",
    opened_by=_RUNS,
    opens_with=ASKS,
    register=("question", "meeting", "manner", "outcome"),
    stages=(
        Stage(
            key="created",
            title="待启动",
            does="核对表决事项、选项、有表决权的人、法定人数和通过规则，到场人数够了再启动。",
            inputs=("议题和决议草案", "有表决权的人员名单"),
            outputs=("固定下来的名单和规则",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=5), rule="本办设定：发起后 5 个工作日内启动，不表决的作废"),
            actions=(
                Action(
                    key="start",
                    title="启动表决",
                    to=RUNNING,
                    by=_RUNS,
                    checks=(
                        Check("法定人数选“按人数”的，请写明几人", quorum_is_named, at="quorum_number"),
                        Check("法定人数不能多于有表决权的人数", quorum_can_be_reached, at="quorum_number"),
                    ),
                    finds=Finds((TERMS,), freeze),
                    final=True,
                ),
            ),
            spot_checks=("名单是否就是有表决权的人，有无列席人员混入？",),
        ),
        Stage(
            key=RUNNING,
            title="表决中",
            does="有表决权的人各投一票，投出不能更改；只看得到谁还没有投，看不到投了什么。全部投完自动结束，也可以手动结束。",
            inputs=("固定下来的名单和规则",),
            outputs=("投齐或截止的选票",),
            duty=Role.SECRETARY,
            due=Due(Limit(days=1), rule="本办设定：启动后 1 个工作日内结束"),
            actions=(
                Action(
                    key="finish",
                    title="结束表决",
                    to="finished",
                    by=_RUNS | {Role.SYSTEM},
                    final=True,
                ),
            ),
        ),
        Stage(
            key="finished",
            title="已结束",
            does="程序按固定的规则计票，核对应到、实到和票数后当场公布。",
            inputs=("选票",),
            outputs=("表决结果和计票说明",),
            duty=Role.SECRETARY,
            due=Due(Limit(hours=2), rule="本办设定：结束后 2 个工作小时内公布"),
            actions=(
                Action(
                    key="publish",
                    title="公布结果",
                    to=PUBLISHED,
                    by=_RUNS,
                    finds=Finds(RESULT, publish),
                    final=True,
                ),
            ),
            spot_checks=("公布的结果是否写进会议记录和纪要？",),
        ),
        Stage(key=PUBLISHED, title="已公布", does="结果公布，写入留痕。", duty=Role.SECRETARY),
    ),
)

VERSIONS = (V1,)
