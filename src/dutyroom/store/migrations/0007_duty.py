"""What runs by the calendar: declared periods, and cases of other kinds than incidents."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0006_proofs")]

    operations = []
