"""What can go wrong with the embedded PostgreSQL, each with its sentence in wording/postgres.toml."""

from dutyroom.wording.spoken import Spoken


class PostgresError(Spoken):
    """The embedded PostgreSQL cannot do what was asked. Trying again helps only where a subclass says so."""


class ProgramsMissing(PostgresError):
    """The package that brings PostgreSQL's programs is not installed, or not for this system."""


class FolderRefused(PostgresError):
    """The data folder cannot be used: not ours, not writable, or out of the server's reach."""


class Busy(PostgresError):
    """Another process has been starting or stopping the same server for too long; trying later can help."""


class PortTaken(PostgresError):
    """The port that was asked for is in use by another program, or the server already runs on another one."""


class StartFailed(PostgresError):
    """PostgreSQL ended or did not become ready; `log` holds its last lines."""


class PasswordRefused(PostgresError):
    """The server does not take the password kept beside its data: one of the two was replaced."""
