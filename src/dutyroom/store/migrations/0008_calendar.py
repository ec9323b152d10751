"""Official calendars and outside warnings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0007_duty")]

    operations = []
