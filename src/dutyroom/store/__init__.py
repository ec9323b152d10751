"""The record on PostgreSQL: sites, people in duty roles, cases, entries, obligations, deliveries, compartments."""
