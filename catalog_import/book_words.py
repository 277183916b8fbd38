"""What can be wrong with a workbook, and what a person should know of it; see words.py."""

WORKBOOK = {
    "template_version": (
        (
            "这是第 {version} 版的商品表格，现在是第 {current} 版",
            "可以照常导入，下次请下载新的空表格。",
        ),
        (
            "this is version {version} of the form, now it is {current}",
            "It is read all the same; fetch the new one for the next time.",
        ),
    ),
    "heading_merged": (
        ("表头所在的行有合并的单元格：{places}", "请取消合并，表头只占一行，每列各写一个列名。"),
        (
            "there are merged cells in the row of headings: {places}",
            "Unmerge them: the headings take one row, with one name for each column.",
        ),
    ),
    "workbook_old": (
        ("这是旧格式 .xls", "请在表格软件中“另存为”.xlsx 或 CSV UTF-8。"),
        ("this is the old format .xls", "Save it as .xlsx or CSV UTF-8."),
    ),
    "workbook_locked": (
        ("工作簿有密码", "请在表格软件中去掉密码，另存后再导入。"),
        ("the workbook has a password", "Take the password off, save it and import that."),
    ),
    "workbook_macros": (
        ("工作簿含有宏", "请“另存为”不含宏的 .xlsx。"),
        ("the workbook has macros", "Save it as .xlsx, which has none."),
    ),
    "workbook_damaged": (
        ("工作簿打不开或已损坏", "请在表格软件中打开，另存为 .xlsx 或 CSV UTF-8。"),
        (
            "the workbook cannot be opened or is damaged",
            "Open it in a spreadsheet and save it as .xlsx or CSV UTF-8.",
        ),
    ),
    "workbook_doctype": (
        ("工作簿里有表格软件不会写的声明（DOCTYPE）", "请在表格软件中另存为新的 .xlsx。"),
        (
            "the workbook has a declaration (DOCTYPE) that no spreadsheet writes",
            "Save it anew as .xlsx in a spreadsheet.",
        ),
    ),
    "workbook_suspicious": (
        ("工作簿的压缩结构不正常（{what}）", "请在表格软件中另存为新的 .xlsx。"),
        (
            "the archive of the workbook is not in order ({what})",
            "Save it anew as .xlsx in a spreadsheet.",
        ),
    ),
    "workbook_parts": (
        ("工作簿由 {count} 个部分组成，超过上限 {limit} 个", "请只留需要的工作表，另存后再导入。"),
        (
            "the workbook has {count} parts, the limit is {limit}",
            "Keep only the sheets you need, save it and import that.",
        ),
    ),
    "workbook_large": (
        ("工作簿 {size} 字节，超过上限 {limit} MB", "请另存为 CSV UTF-8，或拆成几个文件。"),
        (
            "the workbook has {size} bytes, the limit is {limit} MB",
            "Save it as CSV UTF-8, or split it.",
        ),
    ),
    "workbook_bomb": (
        ("工作簿解压后有 {size} MB，太大", "请删去图片和空行，或另存为 CSV UTF-8。"),
        (
            "the workbook unpacks to {size} MB, which is too much",
            "Delete pictures and empty rows, or save it as CSV UTF-8.",
        ),
    ),
    "workbook_cells": (
        ("工作表超过 {limit} 个有内容的格", "请拆成几个文件，或另存为 CSV UTF-8。"),
        ("the sheet has more than {limit} filled cells", "Split it, or save it as CSV UTF-8."),
    ),
    "workbook_memory": (
        ("读取工作簿需要太多内存", "请拆成几个文件，或另存为 CSV UTF-8。"),
        ("reading the workbook takes too much memory", "Split it, or save it as CSV UTF-8."),
    ),
    "workbook_slow": (
        ("{seconds} 秒内没有读完工作簿", "请拆成几个文件，或另存为 CSV UTF-8。"),
        (
            "the workbook could not be read within {seconds} seconds",
            "Split it, or save it as CSV UTF-8.",
        ),
    ),
    "workbook_busy": (
        ("现在有太多工作簿在读", "请过一分钟再上传。"),
        ("too many workbooks are being read just now", "Upload it again in a minute."),
    ),
    "sheet_absent": (
        ("没有名为“{sheet}”的工作表", "请从中选一个填写：{sheets}。"),
        ("there is no sheet named “{sheet}”", "Choose one of these: {sheets}."),
    ),
    "sheet_unclear": (
        ("有几张工作表，看不出该读哪一张：{sheets}", "请填写工作表名称，或只留一张再导入。"),
        (
            "there are several sheets and it is not clear which to read: {sheets}",
            "Give the name of the sheet, or keep only that one.",
        ),
    ),
    "sheets_all_hidden": (
        ("所有工作表都被隐藏", "请取消隐藏要导入的工作表，或填写它的名称。"),
        ("all sheets are hidden", "Unhide the sheet to import, or give its name."),
    ),
    "rows_hidden": (
        ("这些行被隐藏或筛掉了，却有内容：{places}", "请取消隐藏和筛选，或删除这些行。"),
        (
            "these rows are hidden or filtered out but say something: {places}",
            "Unhide them and clear the filter, or delete them.",
        ),
    ),
    "columns_hidden": (
        ("这些列被隐藏，却有内容：{places}", "请取消隐藏，或删除这些列。"),
        ("these columns are hidden but say something: {places}", "Unhide or delete them."),
    ),
    "cells_merged": (
        ("有合并的单元格：{places}", "请取消合并，每行都填上内容。"),
        ("there are merged cells: {places}", "Unmerge them and fill in every row."),
    ),
    # notices: nothing to mend, but a person should know
    "sheet_read": (
        ("读取的是工作表“{sheet}”，没有读取：{others}", "要读别的，请填写它的名称。"),
        (
            "the sheet “{sheet}” was read, these were not: {others}",
            "To read another one, give its name.",
        ),
    ),
    "sheets_hidden": (
        ("隐藏的工作表没有读取：{sheets}", "要读它，请取消隐藏并填写它的名称。"),
        (
            "hidden sheets were not read: {sheets}",
            "To read one, unhide it and give its name.",
        ),
    ),
    "links_ignored": (
        ("工作簿引用了其他文件，没有读取那些文件", "请确认内容都在这张表里。"),
        (
            "the workbook points to other files, which were not read",
            "See that everything stands in this sheet.",
        ),
    ),
}
