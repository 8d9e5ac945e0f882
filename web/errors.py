"""One place where errors become pages, or JSON under /api."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from archive.errors import Forbidden, WenkuError
from web import access
from web.desk import desk

# Status → (heading, what to say if nothing better is known).
PAGES = {
    400: ("请求看不懂", "地址或填写的内容不合写法。"),
    403: ("不公开", "这部分内容的权利不允许公开显示。"),
    404: ("没有这一页", "这个地址没有内容，可能抄错了，也可能从来没有过。"),
    405: ("不能这样访问", "这个地址只供阅读，不接受这种操作。"),
    409: ("慢了一步", "别人先改过了，这次没有执行。"),
    410: ("已撤下", "这里曾经有内容，现已撤下。"),
    413: ("内容太长", "送来的内容超出了限度。"),
    414: ("地址太长", "请缩短检索式后再试。"),
    422: ("读不了", "来源文件无法完整读取。"),
    429: ("试得太频繁", "短时间里试得太多，请过几分钟再来。"),
    500: ("出了差错", "站点遇到了没有预料到的情况，已经记录下来。"),
    503: ("暂时不能用", "文库正忙或正在维护，请稍后再试。"),
}
# What some errors are headed, by their kind, where the heading of their status would mislead.
HEADINGS = {"Spent": "链接已失效"}


def register(app: Flask) -> None:
    """Let `app` answer errors our way."""
    app.register_error_handler(WenkuError, _known)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _known(error: WenkuError) -> Response:
    if error.http_status >= 500:
        # The rule, not the path: some addresses are secrets.
        current_app.logger.warning("%s: %s", request.url_rule or "no such address", error)
    if isinstance(error, Forbidden):
        access.note_refusal(desk().library)
    return _answer(error.http_status, error.what, error.where, error.remedy, type(error).__name__)


def _forged(error: CSRFError) -> Response:
    remedy = "请回到那一页，刷新后重新提交；要登录的请先登录。"
    return _answer(400, "表单没有本站的凭证，或登录已过时限，没有执行。", "", remedy, "CSRFError")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = _answer(status, PAGES.get(status, PAGES[500])[1], "", "", "HTTPException")
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Location"):
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    number = secrets.token_hex(4)
    # Of addresses that are secrets, the rule.
    place = request.url_rule if request.blueprint == "selfservice" else request.full_path
    current_app.logger.exception("%s %s (%s)", request.method, place, number)
    return _answer(500, PAGES[500][1], f"编号 {number}", "请把编号告诉管理员，日志里可按编号查到。", "Unexpected")


def _answer(status: int, what: str, where: str, remedy: str, kind: str) -> Response:
    if request.path.startswith("/api/"):
        answer = jsonify({"error": what, "where": where, "remedy": remedy, "kind": kind})
    else:
        heading = HEADINGS.get(kind) or PAGES.get(status, PAGES[500])[0]
        answer = make_response(
            render_template("errors/error.html", status=status, heading=heading, what=what, where=where, remedy=remedy)
        )
    answer.status_code = status
    if status == 503:
        answer.headers.setdefault("Retry-After", "30")
    return answer
