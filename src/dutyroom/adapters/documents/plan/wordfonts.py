"""Which fonts the .docx names, and what stands in for each where a computer does not have it.

Fonts of ten megabytes are not put into the file: 宋体 and 黑体 are on every Chinese office computer, and the list of
substitutes (open fonts first) is part of the file. Refuses to know the text.
"""

from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part

BODY, HEADING = "宋体", "黑体"
LATIN = {"zh": "Times New Roman", "en": "Arial"}  # beside 宋体 a serif; Arial is as wide as the PDF's letters

_SUBSTITUTES = {
    BODY: ("SimSun", "Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans SC", "Songti SC", "STSong"),
    HEADING: (
        "SimHei",
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "Noto Sans SC",
        "Heiti SC",
        "Microsoft YaHei",
    ),
    LATIN["zh"]: ("Liberation Serif", "Tinos", "Times"),
    LATIN["en"]: ("Liberation Sans", "Arimo", "Noto Sans", "Helvetica"),
}
_FAMILY = {BODY: "roman", HEADING: "swiss", LATIN["zh"]: "roman", LATIN["en"]: "swiss"}
_CHARSET = {BODY: "86", HEADING: "86", LATIN["zh"]: "00", LATIN["en"]: "00"}  # 86 is GB 2312
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def declare_fonts(out: Document) -> None:
    """Write the font table with a chain of substitutes for each font."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{";".join(others)}"/><w:charset w:val="{_CHARSET[name]}"/>'
        f'<w:family w:val="{_FAMILY[name]}"/><w:pitch w:val="variable"/></w:font>'
        for name, others in _SUBSTITUTES.items()
    )
    body = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{_NAMESPACE}">{fonts}</w:fonts>'
    part = out.part
    for relation in list(part.rels.values()):
        if relation.reltype == _TYPE:
            relation.target_part._blob = body.encode()
            return
    part.relate_to(Part(PackURI("/word/fontTable.xml"), _CONTENT, body.encode(), part.package), _TYPE)
