"""Compartments: the only place for personal data of people who hold no duty role. Own key, own readers, own end."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dutyroom.store.models.organisation import Site, Tenanted


class Compartment(Tenanted):
    """Personal data of one kind in one case. Erasing empties `wrapped_key` and deletes the blobs; the row remains."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT)
    case = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20)
    readers = ArrayField(models.CharField(max_length=60))
    basis = models.CharField(max_length=60)
    wrapped_key = models.BinaryField(null=True)
    erase_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)


class Blob(Tenanted):
    """One sealed thing: ciphertext and the commitment that the record holds."""

    id = models.UUIDField(primary_key=True)
    compartment = models.ForeignKey(Compartment, models.PROTECT, related_name="blobs")
    name = models.CharField(max_length=80)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    ciphertext = models.BinaryField()
    ciphertext_sha256 = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
