"""django-fsm-2 with django-simple-history: one guarded transition, saved with a history row, in one transaction."""

import sys
from datetime import UTC, date, datetime

import django
from django.apps import AppConfig
from django.conf import settings

from benchmarks.peers.turns import PRAGMAS, take_turns

TODAY = datetime.now(UTC).date()


class Bench(AppConfig):
    """Where Django wants a model to belong."""

    name = "benchmarks.peers"
    label = "bench"


def main(path: str, rows: int) -> None:
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": path,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "".join(f"PRAGMA {pragma};" for pragma in PRAGMAS),
                },
            }
        },
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "simple_history",
            "benchmarks.peers.django_fsm.Bench",
        ],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.db import connection, models, transaction  # noqa: PLC0415 - only after the settings
    from django_fsm import FSMField, transition  # noqa: PLC0415
    from simple_history.models import HistoricalRecords  # noqa: PLC0415

    class Candidacy(models.Model):
        code = models.CharField(max_length=48, unique=True)
        unit_id = models.BigIntegerField()
        target = models.CharField(max_length=8)
        stage = FSMField(default="submission_administrative", protected=True)
        entered_on = models.DateField()
        version = models.IntegerField(default=0)
        history = HistoricalRecords()

        class Meta:
            app_label = "bench"

        def dated(self) -> bool:
            return self.entered_on <= TODAY

        @transition(field=stage, source="submission_administrative", target="submission_desk", conditions=[dated])
        def pass_administrative(self) -> None:
            self.entered_on = TODAY
            self.version += 1

    with connection.schema_editor() as schema:
        for model in (django.contrib.auth.get_user_model(), Candidacy, Candidacy.history.model):
            schema.create_model(model)
    before = date(2026, 6, 1)
    with transaction.atomic():
        Candidacy.objects.bulk_create(
            Candidacy(code=f"U{number}-2026", unit_id=number, target="WBK", entered_on=before)
            for number in range(1, rows + 1)
        )

    def move(number: int) -> None:
        with transaction.atomic():
            candidacy = Candidacy.objects.select_for_update().get(code=f"U{number}-2026")
            candidacy.pass_administrative()
            candidacy.save()

    take_turns(move, iter(range(1, rows + 1)))
    moved = Candidacy.objects.filter(stage="submission_desk").count()
    if moved != Candidacy.history.count():
        raise SystemExit(f"{moved} moves and another number of history rows")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
