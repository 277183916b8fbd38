"""Words for the problems of bank statements. See words.py."""

STATEMENTS = {
    "layout_unknown": (
        (
            "认不出是哪家银行的对账单：没有一种格式的必需列都在表头里",
            "请选择银行；或改用本平台的模板。",
        ),
        (
            "no bank's layout is known that has all its columns among these headings",
            "Choose the bank, or use our own template.",
        ),
    ),
    "layout_unclear": (
        ("表头符合几种格式：{names}", "请选择是哪一种。"),
        ("the headings fit several layouts: {names}", "Choose which one it is."),
    ),
    "layout_lacks": (
        ("缺少“{name}”格式必需的列：{columns}", "请核对选择的银行，或重新下载对账单。"),
        (
            "columns that the layout “{name}” needs are missing: {columns}",
            "Check which bank was chosen, or download the statement again.",
        ),
    ),
    "day_unlike": (
        ("不是这种格式的日期", "请照银行下载的原样上传，例如 {example}。"),
        ("this is not a day as the layout writes it", "Hand it in as downloaded: {example}."),
    ),
    "amount_unclear": (
        ("不是一个金额", "请写成 1234.50 或 1,234.50，最多两位小数。"),
        ("this is not an amount", "Write 1234.50 or 1,234.50, two decimals at most."),
    ),
    "amount_absent": (
        ("收入和支出都没有填", "每行必须有一个金额，请核对这一行。"),
        ("neither money in nor money out is filled", "Each row has one amount: look at this row."),
    ),
    "amount_twice": (
        ("收入和支出都填了", "每行只能有一个，请核对这一行。"),
        ("both money in and money out are filled", "Only one may be: look at this row."),
    ),
    "direction_unclear": (
        ("看不出是收入还是支出", "应为：{words}。"),
        ("it is not clear whether money came or went", "It should say one of: {words}."),
    ),
}
