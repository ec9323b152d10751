"""Documents an office needs, out of values: the review of a case as PDF and as .docx.

Both are drawn from one worded layout (`layout.py`), so paper and file never differ. It refuses to know where
a review comes from. Fonts lie in `fonts/` under the SIL Open Font License 1.1.
"""

from dutyroom.adapters.documents.glyphs import missing_glyphs
from dutyroom.adapters.documents.layout import Layout, Section
from dutyroom.adapters.documents.pdf import layout_pdf, review_pdf
from dutyroom.adapters.documents.word import layout_docx, review_docx

__all__ = ["Layout", "Section", "layout_docx", "layout_pdf", "missing_glyphs", "review_docx", "review_pdf"]
