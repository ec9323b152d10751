"""Couriers: how a message leaves the house, one module a channel.

Each answers the Courier port for one kind of gateway. None of them knows plans, cases or people, none
finds words of its own, and none decides what happens after a failure. `config` reads what the
organisation set up and `build` makes the couriers from it; a drill gets none of them.
"""
