"""Rosters being made, swaps, overrides, feeds."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0009_people")]

    operations = []
