"""The obligation engine: pure values and rules; no Django, clock, chance or I/O."""
