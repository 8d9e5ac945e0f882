"""`wenku directory …`: what the keeper of a sheet does at the command line, and what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from directory_samples import CANARY, PEOPLE
from openpyxl import load_workbook
from ran import Run

SHEET = f"""姓名,工作单位,学科,电话,备注,又
示例甲,示例大学,哲学,0734-8123456,{CANARY},x
示例 佳,示例大学,历史,,,
,示例,,,,
"""


@pytest.fixture
def sheet(run: Run, tmp_path: Path) -> Path:
    assert run("init").code == 0
    folder = tmp_path / "library" / "directories"
    folder.mkdir()
    (folder / "people.yaml").write_text(PEOPLE.replace("to: books", "to: achievements"), encoding="utf-8")
    path = tmp_path / "人物.csv"
    path.write_text(SHEET, encoding="gb18030")
    return path


def test_from_the_declaration_to_the_sheet_and_back(run: Run, sheet: Path, tmp_path: Path) -> None:
    assert "示例人物（people）：新名录" in run("directory", "check").out
    assert "已应用 11 个名录的声明" in run("directory", "apply").out
    assert run("directory", "check").out == "各名录的声明都已应用，没有要改的。\n"
    told = run("directory", "import", "people", sheet, "--dry-run", "--map", "工作单位=unit")
    assert told.code == 1 and "第 3 行  待定  示例佳  疑似第 2 行“示例甲”（读音相同）" in told.out
    assert "第 4 行  退回" in told.out and "没有导入的列：又" in told.out and "编码 GB18030" in told.out
    assert run("directory", "list", "--json").json[-1]["draft"] == 0
    done = run("directory", "import", "people", sheet, "--map", "工作单位=unit", "--decide", "3=new", "--json")
    assert done.json["counts"] == {"added": 2, "refused": 1} and len(done.json["runs"]) == 1
    shown = run("directory", "show", "people/000001", "--json").json
    assert shown["fields"]["remark"] == CANARY and shown["history"][0]["source"] == "人物.csv"
    assert f"  备注（内部）：{CANARY}" in run("directory", "show", "people/000001").out
    out = tmp_path / "out.xlsx"
    assert "共 0 条" in run("directory", "export", "people", "--to", out).out
    assert "共 2 条" in run("directory", "export", "people", "--to", out, "--staff").out
    rows = list(load_workbook(out).active.iter_rows(values_only=True))
    assert rows[1][1] == "示例甲" and CANARY in rows[1]
    again = run("directory", "import", "people", out, "--dry-run", "--json")
    assert (again.code, again.json["counts"]) == (0, {"unchanged": 2})


def test_two_of_one_sound_are_listed_until_told_apart(run: Run, sheet: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,姓名,单位\nshi-a,示例甲,示例单位\nshi-b,示例佳,示例单位\n", encoding="utf-8")
    assert run("directory", "import", "people", path).code == 0
    assert run("directory", "duplicates", "people").out == "people/shi-a 示例甲  people/shi-b 示例佳  读音相同\n"
    assert run("directory", "apart", "people/shi-b", "people/shi-a").code == 0
    assert run("directory", "duplicates", "people", "--json").json == []
    assert run("directory", "apart", "people/shi-a", "people/shi-b", "--back").out == "已收回判定。\n"
    assert len(run("directory", "duplicates", "people", "--json").json) == 1
    assert run("directory", "apart", "people/shi-a", "people/nobody").code == 1


def test_templates_are_written_in_both_formats(run: Run, sheet: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.docx"):
        assert run("directory", "template", "experts", "--to", tmp_path / name).code == 0
        assert (tmp_path / name).stat().st_size > 5000
    told = run("directory", "template", "experts", "--to", tmp_path / "a.pdf", "--json")
    assert told.code == 2 and ".docx" in told.json["remedy"]


def test_a_conflict_is_listed_record_by_record_and_nothing_changes(run: Run, sheet: Path, tmp_path: Path) -> None:
    run("directory", "import", "people", sheet, "--map", "工作单位=unit")
    path = tmp_path / "library" / "directories" / "people.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("fields: [哲学", "fields: [心理"), encoding="utf-8")
    told = run("directory", "check")
    assert told.code == 1 and "✗ people/000001 示例甲，学科“哲学”" in told.out
    refused = run("directory", "apply", "people", "--json")
    assert refused.code == 1 and refused.json["kind"] == "Unresolved"
    assert run("directory", "show", "people/000001", "--json").json["fields"]["field"] == ["哲学"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list",), 0),
        (("show", "people/000009"), 1),
        (("show", "people"), 2),
        (("import", "nosuch", "x.csv"), 1),
        (("import", "people", "nosuch.csv"), 1),
        (("import", "people", "nosuch.csv", "--decide", "x"), 1),
        (("export", "people"), 2),
        (("apply", "nosuch"), 1),
        (("nosuch",), 2),
    ],
)
def test_wrong_use_is_one_json_document_and_the_right_code(
    run: Run, sheet: Path, words: tuple[str, ...], code: int
) -> None:
    told = run("directory", *words, "--json")
    assert told.code == code and told.json is not None and "Traceback" not in told.err


def test_help_is_chinese(run: Run) -> None:
    told = run("--help").out + run("directory", "import", "--help", library=Path()).out
    assert "名录：专家库" in told
