"""The duty table (值班表) as offices post it: a page a month, a row a day, a column a post; PDF and workbook."""

from dutyroom.adapters.documents.dutytable.model import Asked, DutyTable, duty_table
from dutyroom.adapters.documents.dutytable.pdf import table_pdf
from dutyroom.adapters.documents.dutytable.workbook import table_workbook

__all__ = ["Asked", "DutyTable", "duty_table", "table_pdf", "table_workbook"]
