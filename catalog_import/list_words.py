"""Words for the problems of lists: of counties, of organisations, of employees. See words.py."""

LISTS = {
    "day_unclear": (
        ("不是一个日期", "请写成 2026-11-23，年在最前。"),
        ("this is not a day", "Write it as 2026-11-23, the year first."),
    ),
    "year_unclear": (
        ("不是一个年份", "请写四位数字，如 2020。"),
        ("this is not a year", "Write four digits such as 2020."),
    ),
    "duplicate_county": (
        ("同一个县、同一名称、同一片区写了两遍，见第 {rows} 行", "请只保留一行。"),
        ("the same county, name and region stand in rows {rows}", "Keep one of them."),
    ),
    "duplicate_organisation": (
        ("单位代码重复，见第 {rows} 行", "每个单位一行，请核对。"),
        ("the code stands in rows {rows}", "One row for each organisation: see which is meant."),
    ),
    "duplicate_employee": (
        ("工号重复，见第 {rows} 行", "每人一行，请核对是否重复填写。"),
        ("the employee number stands in rows {rows}", "One row for each person."),
    ),
}
