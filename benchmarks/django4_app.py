"""The baseline: what a plain Django application makes of a report in four rows, with the usual middleware.

Set up by `benchmarks.django4`; served by granian with one thread, which is where such an application is fastest.
"""

import json
import os
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import django
from django.conf import settings

_url = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY="baseline-" + "x" * 40,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _url.path[1:],
            "USER": _url.username,
            "PASSWORD": _url.password,
            "HOST": _url.hostname,
            "PORT": _url.port,
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django must be configured first
from django.db import models, transaction  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Report(models.Model):
    id = models.UUIDField(primary_key=True)
    command = models.CharField(max_length=64, unique=True)
    place = models.CharField(max_length=200)
    what = models.TextField()

    class Meta:
        app_label = "baseline"


class Record(models.Model):
    report = models.ForeignKey(Report, models.PROTECT)
    body = models.TextField()

    class Meta:
        app_label = "baseline"


class Outbox(models.Model):
    report = models.ForeignKey(Report, models.PROTECT)
    person = models.CharField(max_length=40)
    state = models.CharField(max_length=10, db_index=True)

    class Meta:
        app_label = "baseline"


def create_tables() -> None:
    """Make the three tables unless they are there."""
    from django.db import connection

    with connection.schema_editor() as editor:
        for model in (Report, Record, Outbox):
            if model._meta.db_table not in connection.introspection.table_names():
                editor.create_model(model)


def report(request: HttpRequest) -> JsonResponse:
    """One report: its row, its record, two messages to be sent, in one transaction."""
    given: dict[str, Any] = json.loads(request.body)
    with transaction.atomic():
        made = Report.objects.create(
            id=uuid4(), command=given["command"], place=given["where"], what=given["what"]
        )
        Record.objects.create(report=made, body=json.dumps(given))
        Outbox.objects.bulk_create([Outbox(report=made, person=person, state="queued") for person in "ab"])
    return JsonResponse({"receipt": str(made.id)[:8], "case": str(made.id)}, status=201)


urlpatterns = [path("api/reports", report)]
create_tables()
application = get_wsgi_application()
