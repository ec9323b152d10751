"""The people list of a project department: an Excel workbook in, holders of duty posts out.

Only rows with a duty post are taken over. Everybody else becomes a number of people per unit, because
Dutyroom keeps no table of workers. Knows nothing of accounts or storage: what is read here is a value.
"""

from dutyroom.adapters.staff.people import Holder, StaffList
from dutyroom.adapters.staff.workbook import read_staff

__all__ = ["Holder", "StaffList", "read_staff"]
