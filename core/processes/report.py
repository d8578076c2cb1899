"""What a department reports: opened by the program for each period of a duty, filled in by the reporter, then
information like any other (R56).
"""

from dataclasses import replace
from datetime import date

from core.fields import Field, Kind
from core.people import Role
from core.process import Action, Due, Numbering, Papers, Process, Span, Stage, Tells
from core.processes.information import (
    AFTER_GRADING,
    CHANNELS,
    FILES,
    JUDGES,
    JUDGING,
    LEDGER,
    SECRECY,
    judging,
)
from core.processes.informing import FIGURES, SUMMARY

KEY = "report"

_DUE_ON = Field(key="due_on", title="报送截止", kind=Kind.DATE)

_RETURN = Action(
    key="return_report",
    title="退回补报",
    to="reporting",
    by=JUDGES,
    quiet=True,
    tells=Tells("returned_because", to="reporter"),
    asks=(
        Field(key="returned_because", title="哪里要补", kind=Kind.TEXT),
        replace(_DUE_ON, help="补报到哪一天"),
    ),
)

V1 = Process(
    key=KEY,
    title="信息报送",
    family="信息管理",
    purpose="各部门该报的数据和情况，按清单、按时、按口径报来，谁没报一看就知道。",
    version=1,
    in_force_from=date(2026, 1, 1),
    number=Numbering("number", lambda data, office, year: f"报〔{year}〕{{n}}号"),
    names="title",
    opening="布置报送",
    opened_by=frozenset({Role.SYSTEM}),
    opens_with=(
        Field(key="title", title="报送事项"),
        Field(key="duty", title="报送清单编号"),
        Field(key="period", title="报送期"),
        Field(key="department", title="报送部门", kind=Kind.DEPARTMENT),
        Field(key="source_name", title="来源"),
        Field(key="reporter", title="信息员", kind=Kind.PERSON),
        Field(key="channel", title="渠道", kind=Kind.CHOICE, options=CHANNELS, default=CHANNELS[0]),
        replace(
            FIGURES,
            columns=tuple(replace(c, required=c.key == "name") for c in FIGURES.columns),
            carries_content=False,
        ),
        _DUE_ON,
    ),
    register=("title", "department", "reporter", "due_on", "info_urgency", "importance", "reference_code"),
    papers=Papers(sheet="信息报送单", record="信息报送流转记录", ledger="信息报送台账", columns=LEDGER),
    spans=(Span("布置至归档"),),
    stages=(
        Stage(
            key="reporting",
            title="待报送",
            does="信息员照清单填数据，数字按单位填，写一句情况说明；没有变化的也要报。",
            inputs=("报送清单：指标、单位、报送期",),
            outputs=("数据和情况说明",),
            duty=Role.HANDLER,
            assignee="reporter",
            due=Due(on="due_on", rule="R56 报送清单；截止日由清单定，遇节假日顺延"),
            actions=(
                Action(
                    key="submit_report",
                    title="报送",
                    to=JUDGING,
                    by=frozenset({Role.HANDLER, Role.SECRETARY}),
                    asks=(FIGURES, replace(SUMMARY, title="情况说明"), FILES, SECRECY),
                ),
            ),
            spot_checks=("数据口径和单位是否与清单一致？",),
        ),
        judging(_RETURN),
        *AFTER_GRADING,
    ),
)

VERSIONS = (V1,)
