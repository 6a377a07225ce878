import os
import subprocess
import sys
from pathlib import Path

import pytest
from park_standards.__main__ import main
from park_standards.vectors import run_vectors

VECTORS = Path(__file__).parent / "vectors"


@pytest.mark.parametrize("name", ["aqi_test_vectors.csv", "calc_test_vectors.csv"])
def test_every_vector_of_the_standards_folder_agrees(name: str) -> None:
    results = run_vectors((VECTORS / name).read_text("utf-8"))
    assert [result for result in results if not result.agrees] == []


def test_both_vector_files_are_whole() -> None:
    counts = {path.name: len(run_vectors(path.read_text("utf-8"))) for path in sorted(VECTORS.iterdir())}
    assert counts == {"aqi_test_vectors.csv": 17, "calc_test_vectors.csv": 18}


def test_check_exits_0_when_all_agree_and_1_on_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = VECTORS / "aqi_test_vectors.csv"
    assert main(["check", str(good), str(VECTORS / "calc_test_vectors.csv")]) == 0
    assert "17 vectors, 0 different" in capsys.readouterr().out
    bad = tmp_path / "bad.csv"
    bad.write_text(good.read_text("utf-8").replace(",50,", ",51,", 1), encoding="utf-8")
    assert main(["check", str(bad)]) == 1
    shown = capsys.readouterr().out
    assert "DIFF" in shown
    assert "17 vectors, 1 different" in shown


def test_a_row_that_cannot_be_computed_is_a_difference_with_its_reason(tmp_path: Path) -> None:
    rows = run_vectors('kind,inputs_json,expected\nno.such,{},1\nwater.TLI,"{""chla"": 1}",1\nwater.class,nonsense,I\n')
    assert [row.agrees for row in rows] == [False, False, False]
    assert "no.such" in rows[0].got
    assert "NotEnoughData" in rows[1].got


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "kind,inputs_json,expected\n", ""])
def test_a_file_that_is_no_vector_file_is_refused(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path)]) == 2
    assert "park_standards:" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "absent.csv")]) == 2


def test_explain_names_limit_clause_and_confidence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "w01018", "--at", "2026-11-01", "--standard", "GB18918-1A"]) == 0
    shown = capsys.readouterr().out
    assert "<= 50 mg/L" in shown
    assert "GB 18918-2002, 表1, 1A" in shown
    assert "verified-text" in shown


def test_explain_says_why_an_edition_or_the_summer_number_does_not_apply(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "a34004", "--at", "2026-11-01"]) == 0
    shown = capsys.readouterr().out
    assert "ended on 2026-02-28" in shown
    assert "in force only from 2031-01-01" in shown
    assert main(["explain", "w21003", "--at", "2026-11-01", "--standard", "DB32/4440-2022-A"]) == 0
    shown = capsys.readouterr().out
    assert "because: Nov 1 to Mar 31" in shown
    assert "its alternative for the season or condition applies" in shown
    assert "verify before legal use" in shown


def test_explain_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "w99999", "--at", "2026-11-01"]) == 2
    assert "w99999" in capsys.readouterr().err
    assert main(["explain", "w01018", "--at", "2026-11-01", "--standard", "GB3095"]) == 2
    assert "several editions" in capsys.readouterr().err


def test_the_module_runs_as_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "park_standards", "explain", "w01001", "--at", "2026-11-01", "--standard", "GB18918-1A"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert "6 to 9" in done.stdout.decode("utf-8")
