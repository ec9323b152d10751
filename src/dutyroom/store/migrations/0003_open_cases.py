"""What the board asks for, the newest cases and the open ones, is found without reading all that ever were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_safeguards")]

    operations = [
        migrations.AddIndex("case", models.Index(fields=["-opened_at"], name="case_newest")),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["site", "-opened_at"], name="case_open", condition=models.Q(("closed_at", None))
            ),
        ),
    ]
