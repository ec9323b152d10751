"""The people list of a project department: an Excel workbook or a text table in, holders of duty posts out, and back.

Only rows with a duty post are taken over. Everybody else becomes a number of people per unit, because
Dutyroom keeps no table of workers. Knows nothing of accounts or storage: what is read here is a value.
"""

from dutyroom.adapters.staff.addresses import read_address
from dutyroom.adapters.staff.people import Away, Certificate, Holder, StaffList
from dutyroom.adapters.staff.workbook import read_staff
from dutyroom.adapters.staff.writing import write_staff

__all__ = ["Away", "Certificate", "Holder", "StaffList", "read_address", "read_staff", "write_staff"]
