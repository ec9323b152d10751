"""A site whose cover can be proved in a moment: two weeks of roster, people with a telephone and text messages."""

from dutyroom import wiring
from dutyroom.core.instants import DAY
from dutyroom.store import proofs
from dutyroom.store.instants import to_datetime
from dutyroom.wiring.proving import Hand
from tests.web.builder import House, execute, house

CHANNELS = ("voice", "sms")


def short_house(days: int = 14) -> House:
    """A project whose roster ends soon, so that a proof of it is quick."""
    made = house()
    ends = to_datetime(wiring.clock().now() + days * DAY)
    execute("DELETE FROM store_duty WHERE site_id = %s AND starts_at >= %s", made.site, ends)
    execute("DELETE FROM store_channel WHERE tenant = %s", made.tenant)
    for place, kind in enumerate(CHANNELS):
        execute(
            "INSERT INTO store_channel (tenant, person_id, place, kind, address, wait_seconds) "
            "SELECT tenant, id, %s, %s, 'x', 0 FROM store_person WHERE tenant = %s",
            place, kind, made.tenant,
        )  # fmt: skip
    changed(made)
    return made


def changed(made: House) -> None:
    """The site's duty or people have changed."""
    execute("UPDATE store_site SET version = version + 1 WHERE id = %s", made.site)


def proved(made: House, hand: Hand | None = None, asked: proofs.Asked | None = None) -> Hand:
    """Prove the site as the worker would, and wait for it."""
    hand = hand or Hand(lock=1)
    proofs.ask(wiring.pool(), made.site, asked or proofs.Asked(), wiring.clock().now())
    while hand.work():
        pass
    return hand
