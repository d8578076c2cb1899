"""Django doing the same jobs, in a process of its own: `python -m tests.bench.peers JOB FOLDER COUNT [DATABASE]`.

Its settings are global and its models live in its own tables, so it never meets the program.
"""

import hashlib
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

from tests.bench.offices import NOW, titles


def ask_django(job: str, folder: Path, count: int, place: Path | None = None) -> float:
    """The median seconds Django takes."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.peers",
        job,
        str(folder),
        str(count),
        *([str(place)] if place else []),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


def _set_up(folder: Path) -> None:
    import django
    from django.conf import settings

    apps = ("admin", "auth", "contenttypes", "sessions", "messages")
    context = (
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    )
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        USE_TZ=False,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[f"django.contrib.{app}" for app in apps],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": context},
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "django.db"),
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
                },
            }
        },
    )
    django.setup()


def _model(name: str, **fields: Any) -> Any:
    from django.db import models

    meta = type("Meta", (), {"app_label": "auth", "db_table": name.lower()})
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


def _tables(*models: Any) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as schema:
        for model in models:
            schema.create_model(model)


def register(count: int) -> list[float]:
    """The same command as ours, less its row for the search, as somebody would write it in Django.

    Who is acting and for whom; whether the form was handed in before; the settings; the number of its
    series; the case with all it says; two chained events; whom it concerns; the draft forgotten.
    """
    from django.db import transaction

    own = SimpleNamespace(**_who_and_when(), **_what_is_kept())
    _tables(*vars(own).values())
    own.person.objects.create(id="wang", roles=["secretary"], active=True)
    own.setting.objects.bulk_create(
        [own.setting(key=name, value={"revision": 1}) for name in ("office", "calendar")]
    )
    own.counter.objects.create(series="收", last=0)
    times = []
    for n, title in enumerate(titles(count)):
        start = time.perf_counter()
        with transaction.atomic():
            _hand_in(own, n, title)
        times.append(time.perf_counter() - start)
    return times[20:]


def _who_and_when() -> dict[str, Any]:
    """The models of who is acting, of the settings and of the numbers."""
    from django.db import models

    words, key = {"max_length": 300}, {"max_length": 40, "primary_key": True}
    return {
        "person": _model(
            "Person", id=models.CharField(**key), roles=models.JSONField(), active=models.BooleanField()
        ),
        "absence": _model("Absence", person=models.CharField(**words), deputy=models.CharField(**words)),
        "setting": _model("Setting", key=models.CharField(**key), value=models.JSONField()),
        "counter": _model("Counter", series=models.CharField(**key), last=models.IntegerField()),
    }


def _what_is_kept() -> dict[str, Any]:
    """The models of cases, of their events, of whom they concern, and of drafts."""
    from django.db import models

    words, key = {"max_length": 300}, {"max_length": 40, "primary_key": True}
    case = _model(
        "Case", id=models.CharField(**key), number=models.CharField(unique=True, **words), data=models.JSONField(),
        **{name: models.CharField(**words) for name in ("process", "stage", "title", "owner", "duty", "root")},
        **{name: models.DateTimeField(null=True) for name in ("opened", "entered", "due", "case_due", "closed")},
        **{name: models.IntegerField() for name in ("version", "grade", "urged", "seq")}, is_open=models.BooleanField(),
    )  # fmt: skip
    event = _model(
        "Event", case=models.ForeignKey(case, models.CASCADE), seq=models.IntegerField(), data=models.JSONField(),
        at=models.DateTimeField(), due=models.DateTimeField(null=True),
        **{name: models.CharField(**words) for name in ("by", "action", "stage", "prev", "mac")},
    )  # fmt: skip
    concerned = _model(
        "Concerned", root=models.ForeignKey(case, models.CASCADE), who=models.CharField(**words)
    )
    draft = _model("Draft", person=models.CharField(**words), form=models.CharField(**words))
    return {"case": case, "event": event, "concerned": concerned, "draft": draft}


def _hand_in(own: Any, n: int, title: str) -> None:
    """One command: the document number `n`."""
    acting = own.person.objects.get(id="wang", active=True)
    list(own.absence.objects.filter(deputy=acting.id))
    if own.case.objects.filter(id=f"{n:016x}").exists():
        return
    dict(own.setting.objects.values_list("key", "value"))
    said = {
        "title": title,
        "number": _next_number(own),
        "doc_number": f"市测〔2026〕{n}号",
        "sender_org": "市财政局",
    }
    made = _keep_case(own, n, said)
    _keep_events(own, made, acting.id)
    own.concerned.objects.create(root=made, who=acting.id)
    own.draft.objects.filter(person=acting.id, form="incoming_document").delete()


def _next_number(own: Any) -> str:
    from django.db import models

    own.counter.objects.filter(series="收").update(last=models.F("last") + 1)
    return f"收〔2026〕{own.counter.objects.get(series='收').last}号"


def _keep_case(own: Any, n: int, said: dict[str, str]) -> Any:
    now = NOW.replace(tzinfo=None)
    return own.case.objects.create(
        id=f"{n:016x}", number=said["number"], data=said, process="incoming_document", stage="intake_check",
        title=said["title"], owner="", duty="secretary", root=f"{n:016x}", opened=now, entered=now, due=now, case_due=now,
        version=1, grade=0, urged=0, seq=2, is_open=True,
    )  # fmt: skip


def _keep_events(own: Any, made: Any, by: str) -> None:
    """Its opening and its registering, chained to what happened before."""
    now = NOW.replace(tzinfo=None)
    prev = own.event.objects.order_by("-id").values_list("mac", flat=True).first() or ""
    events = []
    for seq, action in enumerate(("open", "register"), 1):
        told = json.dumps({**made.data, "seq": seq, "action": action}, ensure_ascii=False, sort_keys=True)
        mac = hashlib.sha256((prev + told).encode()).hexdigest()
        events.append(own.event(case=made, seq=seq, data=made.data, at=now, due=now, by=by, action=action,
                                stage="intake_check", prev=prev, mac=mac))  # fmt: skip
        prev = mac
    own.event.objects.bulk_create(events)


urlpatterns: list[Any] = []
"""Filled by `overdue`: Django reads it from this module."""


def overdue(count: int, place: Path) -> list[float]:
    """The admin's list of late cases, one request through the whole of Django, no network."""
    from django.contrib import admin
    from django.contrib.auth.models import User
    from django.db import models
    from django.test import Client
    from django.urls import path

    words = {"max_length": 300}
    item = _model(
        "Item", kind=models.CharField(**words), title=models.CharField(**words), owner=models.CharField(**words),
        due=models.CharField(**words), open=models.BooleanField(), grade=models.IntegerField(),
    )  # fmt: skip
    _tables(item)
    _copy(place)
    now = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")

    class Items(admin.ModelAdmin):
        list_display = ("kind", "title", "owner", "due")
        list_per_page = 50
        list_filter = ("kind",)
        ordering = ("due", "id")
        show_full_result_count = False

        def get_queryset(self, request: Any) -> Any:
            return super().get_queryset(request).filter(open=True, due__lt=now, grade__lte=1)

    admin.site.register(item, Items)
    urlpatterns.append(path("admin/", admin.site.urls))
    User.objects.create_superuser("bench", password="bench")
    client = Client()
    client.login(username="bench", password="bench")
    times = []
    for _ in range(count + 5):
        start = time.perf_counter()
        if client.get("/admin/auth/item/").status_code != 200:
            raise AssertionError("Django's list did not open")
        times.append(time.perf_counter() - start)
    return times[5:]


def _copy(place: Path) -> None:
    from django.db import connection

    with sqlite3.connect(place) as office, connection.cursor() as cursor:
        rows = office.execute("SELECT process, title, owner, due_at, is_open, grade FROM cases").fetchall()
        cursor.executemany(
            "INSERT INTO item (kind, title, owner, due, open, grade) VALUES (%s, %s, %s, %s, %s, %s)", rows
        )
        cursor.execute("CREATE INDEX late ON item (due, id, kind, grade) WHERE open")
        cursor.execute("ANALYZE")


def main(job: str, folder: str, count: str, place: str = "") -> None:
    import tempfile

    sys.modules["tests.bench.peers"] = sys.modules[__name__]
    with tempfile.TemporaryDirectory(dir=folder) as own:
        _set_up(Path(own))
        times = register(int(count)) if job == "register" else overdue(int(count), Path(place))
    sys.stdout.write(f"{median(times)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
