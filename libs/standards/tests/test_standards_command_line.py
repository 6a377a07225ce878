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
    assert "'no.such' is none of gas.converted_concentration" in rows[0].got
    assert "NotEnoughData" in rows[1].got


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('gas.hour_emission,"{""measured_mg_m3"": 1}",1', "input 'flow_Nm3_h' is missing"),
        ('gas.hour_emission,"{""measured_mg_m3"": 1e999999, ""flow_Nm3_h"": 1}",1', "digits"),
        ('gas.hour_emission,"{""measured_mg_m3"": 1, ""flow_Nm3_h"": 1}",abc', "'abc' is not a number"),
        ('gas.hour_emission,"{""measured_mg_m3"": 1, ""flow_Nm3_h"": 1}",', "'' is not a number"),
        ("water.class,[1],I", "inputs_json is not an object"),
        ('noise.Leq,"{""levels_dB"": 5}",1', "TypeError"),
        ("noise.Leq", "JSONDecodeError"),
        ("noise.Leq,{},1,2", "more cells than the header"),
    ],
)
def test_whatever_is_wrong_with_a_row_is_said_at_its_line(row: str, reason: str) -> None:
    (good, bad) = run_vectors(f'kind,inputs_json,expected\nnoise.Leq,"{{""levels_dB"": [50]}}",50\n{row}\n')
    assert (good.agrees, bad.agrees, bad.line) == (True, False, 3)
    assert reason in bad.got


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "columns a, b belong to no vector layout"),
        (b"kind,inputs_json,expected\n", "has a header but no rows"),
        (b"", "the vector file is empty"),
        ("kind,inputs_json,expected\n类别,{},1\n".encode("gbk"), "byte 26 is not UTF-8"),
    ],
)
def test_a_file_that_is_no_vector_file_is_refused_by_name_and_the_others_still_run(
    content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    assert main(["check", str(path), str(VECTORS / "aqi_test_vectors.csv")]) == 2
    shown = capsys.readouterr()
    assert "17 vectors, 0 different" in shown.out
    assert str(path) in shown.err
    assert words in shown.err
    assert main(["check", str(tmp_path / "absent.csv")]) == 2
    assert "absent.csv" in capsys.readouterr().err


def test_a_table_saved_by_a_spreadsheet_reads_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "saved.csv"
    text = (VECTORS / "calc_test_vectors.csv").read_text("utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert main(["check", str(path)]) == 0
    assert "18 vectors, 0 different" in capsys.readouterr().out


def test_a_concentration_is_taken_in_the_unit_of_its_row() -> None:
    header = "standard,pollutant,averaging,concentration,unit,expected_iaqi\n"
    rows = run_vectors(
        f"{header}HJ 633-2026,PM2.5,24h,0.035,mg/m3,50\nHJ 633-2026,PM2.5,24h,35,mg/L,50\n"
        "HJ 633-2012,SO2,1h,801,ug/m3,\nHJ 633-2030,PM2.5,24h,35,ug/m3,50\n"
    )
    assert [row.agrees for row in rows] == [True, False, True, False]
    assert "UnitMismatch" in rows[1].got
    assert "'HJ 633-2030' is none of HJ 633-2012, HJ 633-2026" in rows[3].got


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


def test_explain_refuses_what_it_does_not_know_and_names_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    refusals = {
        ("w99999", "2026-11-01", None): "w99999",
        ("w0101", "2026-11-01", None): "w01018 化学需氧量",
        ("w01018", "2026-11-01", "GB18919"): "nearest: GB 18918-2002",
        ("w01018", "2026-11-01", "GB18918-1Z"): "it has 1A, 1B",
        ("a34004", "2010-01-01", "GB3095"): "none of the editions GB 3095-2012, GB 3095-2026 is in force",
    }
    for (factor, day, standard), words in refusals.items():
        assert main(["explain", factor, "--at", day, *(["--standard", standard] if standard else [])]) == 2
        assert words in capsys.readouterr().err


@pytest.mark.parametrize("item", ["w01018", "011", "COD", "cod", "化学需氧量", "Chemical oxygen demand"])
def test_explain_knows_an_item_by_what_people_call_it(item: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", item, "--at", "2026-11-01", "--standard", "GB18918—2002-1a"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("w01018 化学需氧量")
    assert "+ <= 50 mg/L" in shown
    assert "出处 read from effluent_limits.csv:2" in shown


@pytest.mark.parametrize(
    ("item", "standard", "words"),
    [
        ("砷", "GB36600-2", "<= 60 mg/kg"),
        ("7440-38-2", "GB36600-1", "第1类用地 class 1 land"),
        ("benzene", "GB36600-1", "风险筛选值 screening"),
        ("Leq", "GB12348-3", "3类区 zone 3"),
        ("Leq", "GB22337-3", "as GB 12348-2008, zone 3"),
        ("PM2.5", "GB3095-2", "<= 60 ug/m3"),
        ("臭气浓度", "GB14554", "排气筒 stack 15 m"),
        ("a21026", "GB13223", "基准氧 reference oxygen 6 %"),
        ("w01018", "GB3095", "no limit is held"),
    ],
)
def test_explain_covers_air_soil_noise_and_gas(
    item: str, standard: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", item, "--at", "2026-11-01", "--standard", standard]) == 0
    assert words in capsys.readouterr().out


def test_a_day_that_is_none_is_refused_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["explain", "w01018", "--at", "2026-02-30"])
    assert caught.value.code == 2
    assert "'2026-02-30' 不是日期 is not a day of the calendar" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", "check", "explain"])
def test_help_is_in_both_languages(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*filter(None, [command]), "--help"])
    shown = capsys.readouterr().out
    assert "退出码 exit status" in shown
    assert "限值" in shown or "校验文件" in shown


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
