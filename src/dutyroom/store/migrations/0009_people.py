"""What is known of holders of duty roles beside their channels: qualifications, leave."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0008_calendar")]

    operations = []
