"""How the desk is used: states, keys, signs, on one page."""

from __future__ import annotations

from flask import render_template

from archive.transcription.model import ROLES, STATES
from archive.transcription.store import DOUBT
from web.proofreading import door
from web.proofreading.door import blueprint
from web.proofreading.rows import CUT

KEYS = (
    ("F2，Shift+F2", "下一个、上一个存疑的字"),
    ("1 至 9", "存疑的字选中时：改作第几个候选"),
    ("回车", "存疑的字选中时：这个字不错，看下一个；平时：到下一行"),
    ("↓ ↑（竖排 ← →）", "到下一行、上一行"),
    ("Ctrl+回车", "在光标处把一行拆成两行"),
    ("行首 Backspace", "与上一行合并；空行则删去"),
    ("行末 Delete", "与下一行合并"),
    ("Alt+↑，Alt+↓", "把这一行往前、往后移"),
    ("Alt+Shift+↑，↓", "把整个印刷行（列）往前、往后移"),
    ("F4，再按 1 至 9", "这一行作正文、标题、夹注、脚注、表格、书眉、页码、版心、印章"),
    ("F8", "插入字：填码位（U+9B9A）或描述（⿰木木），回车插入，Esc 回到文字"),
    ("Alt+Z", "撤销上一步"),
    ("Ctrl+S", "保存"),
)
"""Keys and what they do."""
MEANINGS = {
    "unread": "识别出来还没有人看过，或还在校。",
    "problem": "有认不准、看不清的字，要再请人看。",
    "proofread": "一个人已照书影逐字看过。",
    "validated": "另一个人又看过一遍，没有要改的。校对的人不能核对自己校的页。",
    "empty": "空白页，没有要录的文字。",
}


@blueprint.get("/help")
@door.reads
def help_page() -> str:
    """The page."""
    return render_template(
        "proofreading/help.html",
        keys=KEYS,
        states=STATES,
        meanings=MEANINGS,
        roles=ROLES,
        cut=CUT,
        doubt=round(DOUBT * 100),
    )
