"""Which column is which, by its Chinese or English header."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused
from workflows.organisation.roster.sheet import Cell

NAMES = {
    "employee_no": ("工号", "员工号", "员工编号", "职工号", "employeeno", "employeenumber", "staffno", "staffnumber"),
    "name": ("姓名", "name", "fullname"),
    "unit_code": ("单位编码", "单位代码", "部门编码", "unitcode"),
    "title": ("岗位", "职务", "post", "title"),
    "email": ("邮箱", "电子邮箱", "邮件", "mail", "email"),
    "joined_on": ("入职日期", "入职时间", "joined", "joinedon", "joiningdate"),
}
REQUIRED = ("employee_no", "name", "unit_code")
KEY_OF = {alias: key for key, aliases in NAMES.items() for alias in aliases}


def recognised(head: list[Cell]) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """Known columns as {key: (index, header as written)}, and the headers that are not read."""
    known: dict[str, tuple[int, str]] = {}
    ignored: list[str] = []
    for index, cell in enumerate(head):
        header = " ".join(str(cell.value or "").split())[:60]
        key = KEY_OF.get(_bare(header))
        if key is None:
            ignored += [header] if header else []
        elif key in known:
            raise Refused(_("Two columns are headed “%(header)s”.") % {"header": header}, "file")
        else:
            known[key] = (index, header)
    _require(known)
    return known, ignored


def _bare(header: str) -> str:
    folded = unicodedata.normalize("NFKC", header).casefold()
    return "".join(char for char in folded if char.isalnum())


def _require(known: dict[str, tuple[int, str]]) -> None:
    missing = [spoken(key) for key in REQUIRED if key not in known]
    if missing:
        raise Refused(
            _("The first row has to name the columns. Missing: %(missing)s. Take the template.")
            % {"missing": _(", ").join(missing)},
            "file",
        )


def spoken(key: str) -> str:
    return {
        "employee_no": _("Employee no."), "name": _("Name"), "unit_code": _("Unit code"), "title": _("Post"),
        "email": _("Mail"), "joined_on": _("Joined"),
    }[key]  # fmt: skip
