"""What the chapters' first sentences say of nothing, of one thing, of several, and of what is missing, in both languages:
each sentence is written here by hand, and none may say what the findings don't."""

import re

import pytest

from test_broken_data import QUARTERS, plant, report_of  # noqa: F401  (fixtures)


def ledes(report):
    """The PDF's text in one line, without spaces around line breaks."""
    return report.pages


def says(report, text):
    assert "".join(text.split()) in ledes(report), text


def is_silent_on(report, *texts):
    for text in texts:
        assert "".join(text.split()) not in ledes(report), text


def alarms(many):
    def change(plant):
        for number in range(many):
            plant.event(f"e{number}", 100 + 10 * number, level=1 if number == 0 else 2)
    return change


@pytest.mark.parametrize("many,locale,sentence", [
    (0, "zh-CN", "本月没有告警。"),
    (1, "zh-CN", "本月告警1次，比上月多1次，其中危急1次，应先处理。"),
    (3, "zh-CN", "本月告警3次，比上月多3次，其中危急1次，应先处理。按类型，overload最多，3次；按计量点，进线最多，3次。"),
    (0, "en", "There was no alarm this month."),
    (1, "en", "There was one alarm, 1 more than the month before; one is critical: see to it first."),
    (3, "en", "There were 3 alarms, 3 more than the month before; one is critical: see to it first. "
              "The most frequent type is overload (3); the point with the most is 进线 (3)."),
])
def test_alarms_are_counted_in_words(plant, report_of, many, locale, sentence):  # noqa: F811
    made = plant(locale=locale).fill()
    alarms(many)(made)
    says(report_of(made), sentence)


@pytest.mark.parametrize("locale,sentence,silent", [
    ("zh-CN", "本月没有告警，上月2次。", "先处理"),
    ("en", "There was no alarm this month, after 2 the month before.", "see to"),
])
def test_alarms_of_last_month_are_told_where_this_one_has_none(  # noqa: F811
        plant, report_of, locale, sentence, silent):
    made = plant(locale=locale).fill()
    for number in range(2):
        made.event(f"before{number}", -500 - number)
    report = report_of(made)
    says(report, sentence)
    is_silent_on(report, silent)


@pytest.mark.parametrize("value,locale,sentence", [
    (95.5, "zh-CN", "传感器越过报警限值：触头最高95.5℃，在11日10:00。先停电检查这一处。"),
    (75, "zh-CN", "没有传感器越过报警限值，1个越过预警限值；裕度最小的是触头，最高75℃。"),
    (45, "zh-CN", "温度与剩余电流传感器都在报警限值内；裕度最小的是触头，最高45℃，裕度50.0%。"),
    (None, "zh-CN", "温度与剩余电流传感器本月没有数据，安全读数未测。"),
    (95.5, "en", "The one sensor went over its alarm limit: 触头, 95.5°C on 11 Mar, 10:00. Have it inspected first."),
    (75, "en", "No sensor went over its alarm limit, one over its warn limit; the smallest margin is that of 触头, "
               "at most 75°C."),
    (None, "en", "The temperature and residual-current sensors sent nothing this month: there are no safety readings."),
])
def test_sensors_are_told_from_the_worst_down(plant, report_of, value, locale, sentence):  # noqa: F811
    made = plant(locale=locale)
    made.has_sensor = value is not None
    made.fill()
    if value is not None:
        made.reading(10 * 96 + 40, value=value)
    says(report_of(made), sentence)


@pytest.mark.parametrize("locale,sentence", [
    ("zh-CN", "7项中1项不合格。电压偏差只有50.0%的分钟在限值内，最差+9.09%，0时前后越限最多；先核对变压器分接开关的档位。"),
    ("en", "One of seven items failed. Voltage was within its limits for only 50.0% of the minutes, at worst +9.09%, "
           "mostly around 0:00; check the transformer's tap first."),
])
def test_a_voltage_that_failed_comes_with_its_hours_and_what_to_do(  # noqa: F811
        plant, report_of, locale, sentence):
    # 240 V are 20 ÷ 220 = 9.09 % too high, in every quarter of the night's twelve hours: half of all samples.
    made = plant(locale=locale).fill()
    for quarter in range(QUARTERS):
        if quarter % 96 < 48:
            made.minute(quarter, ua=240, ub=240, uc=240)
    says(report_of(made), sentence)


@pytest.mark.parametrize("locale,sentence,silent", [
    ("zh-CN", "电费17,856.00元。", ("用电省", "用电加", "天数增多", "天数减少")),
    ("en", "The bill is CNY 17,856.00.", ("added CNY", "took off CNY")),
])
def test_without_a_last_month_nothing_is_compared(plant, report_of, locale, sentence, silent):  # noqa: F811
    report = report_of(plant(locale=locale, history=False).fill())
    says(report, sentence)
    is_silent_on(report, *silent, "比上月", "than the month before")


@pytest.mark.parametrize("locale,sentence", [
    ("zh-CN", "数据完整率93.2%，低于要求，以下数字只含测到的部分。"),
    ("en", "Coverage of 93.2% is below what is required: figures hold what was measured."),
])
def test_a_report_below_the_gate_says_so_among_its_conclusions(plant, report_of, locale, sentence):  # noqa: F811
    made = plant(locale=locale).fill(leave_out=range(300, 500))
    for quarter in range(300, 500):
        made.minute(quarter)  # power quality was measured all the time
    says(report_of(made), sentence)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_no_sentence_has_a_hole(plant, report_of, locale):  # noqa: F811
    """Of a plant that has next to nothing: no empty brackets, no doubled marks, no dash where words should be."""
    made = plant(locale=locale, transformer=False, tariff=False, sensor=False, minutes=False, history=False)
    made.fill(leave_out=range(96, QUARTERS))
    report = report_of(made)
    wrong = re.findall(r"（）|\(\)|，，|。。|,,|；。|;\.|：。|[^.]\.\.[^.]|—。|—，|only—|of—", ledes(report))
    assert wrong == []
