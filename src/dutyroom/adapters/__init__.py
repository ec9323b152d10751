"""Doors to the outside world, one module or folder a system; nothing here decides."""
