"""How fast the product is, against limits and baselines measured in the same run.

One file a scenario, each with `run(room) -> dict`; `./dutyroom bench` runs them. Everything is real and on loopback:
the product as `dutyroom serve` starts it, the embedded PostgreSQL, an HTTP gateway of our own. Numbers of a shared
machine say little by themselves, so each line carries the machine's commit limit before and after it.
"""
