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
    """The number, the document, its three deadlines and a chained line of the log; no search row."""
    from django.db import models, transaction

    words = {"max_length": 300}
    counter = _model("Counter", series=models.CharField(**words), last=models.IntegerField())
    document = _model("Document", number=models.IntegerField(), title=models.CharField(**words))
    due = _model("Due", document=models.ForeignKey(document, models.CASCADE), at=models.CharField(**words))
    log = _model(
        "Log", told=models.TextField(), prev=models.CharField(**words), mac=models.CharField(**words)
    )
    _tables(counter, document, due, log)
    counter.objects.create(series="收", last=0)
    times = []
    for title in titles(count):
        start = time.perf_counter()
        with transaction.atomic():
            taken = counter.objects.select_for_update().get(series="收")
            taken.last += 1
            taken.save(update_fields=["last"])
            made = document.objects.create(number=taken.last, title=title)
            due.objects.bulk_create([due(document=made, at=f"2026-12-0{n}") for n in (1, 2, 3)])
            prev = log.objects.order_by("-id").values_list("mac", flat=True).first() or ""
            told = json.dumps({"title": title, "number": taken.last}, ensure_ascii=False)
            log.objects.create(told=told, prev=prev, mac=hashlib.sha256((prev + told).encode()).hexdigest())
        times.append(time.perf_counter() - start)
    return times[20:]


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
