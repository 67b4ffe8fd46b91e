"""The columns of a roster, by their Chinese or English headers."""

from __future__ import annotations

from django.utils.translation import gettext as _

NAMES = {
    "employee_no": ("工号", "员工号", "员工编号", "职工号", "employeeno", "employeenumber", "staffno", "staffnumber"),
    "name": ("姓名", "name", "fullname"),
    "unit_code": ("单位编码", "单位代码", "部门编码", "unitcode"),
    "title": ("岗位", "职务", "post", "title"),
    "email": ("邮箱", "电子邮箱", "邮件", "mail", "email"),
    "joined_on": ("入职日期", "入职时间", "joined", "joinedon", "joiningdate"),
}
REQUIRED = ("employee_no", "name", "unit_code")


def spoken(key: str) -> str:
    return {
        "employee_no": _("Employee no."), "name": _("Name"), "unit_code": _("Unit code"), "title": _("Post"),
        "email": _("Mail"), "joined_on": _("Joined"),
    }[key]  # fmt: skip
