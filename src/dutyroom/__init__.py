"""Dutyroom (值班室): an emergency plan that runs."""

__version__ = "0.4.0"
