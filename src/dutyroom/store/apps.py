"""Django's handle on the store."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "dutyroom.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
