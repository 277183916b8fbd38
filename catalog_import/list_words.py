"""Words for the problems of lists: of counties, organisations, employees, parcels. See words.py."""

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
    "pieces_unclear": (
        ("件数应为 1 至 {limit} 的整数", "没有装的行请删除，或不填运单号。"),
        (
            "pieces are a whole number from 1 to {limit}",
            "Delete a row that was not packed, or leave its tracking number empty.",
        ),
    ),
    "carrier_without": (
        ("有运单号，没有快递公司", "请填写快递公司。"),
        ("there is a tracking number without a carrier", "Write the carrier."),
    ),
    "tracking_without": (
        ("有快递公司，没有运单号", "请填写运单号；还没发的两项都留空。"),
        (
            "there is a carrier without a tracking number",
            "Write the number; leave both empty for what has not left.",
        ),
    ),
}
