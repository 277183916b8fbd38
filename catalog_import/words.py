"""The one table of words: for each code what is wrong and what to do, in Chinese and English."""

from typing import Literal

from catalog_import.archive_words import ARCHIVE
from catalog_import.book_words import WORKBOOK
from catalog_import.list_words import LISTS
from catalog_import.statement_words import STATEMENTS

Lang = Literal["zh", "en"]

# "what" has no full stop, the remedy is made of full sentences. {names} are data of the problem.
_FILE = {
    "file_empty": (
        ("文件是空的", "请选择有内容的文件。"),
        ("the file is empty", "Choose a file with content."),
    ),
    "file_too_large": (
        ("文件 {size} 字节，超过上限 {limit} 字节", "请拆成几个文件分别导入。"),
        ("the file has {size} bytes, the limit is {limit}", "Split it and import the parts."),
    ),
    "file_is_workbook": (
        (
            "这是压缩包或其他格式，不是 .xlsx 或 CSV",
            "请在表格软件中“另存为”.xlsx 或 CSV UTF-8 后再导入。",
        ),
        (
            "this is an archive or another format, neither .xlsx nor CSV",
            "Save it as .xlsx or CSV UTF-8 and import that.",
        ),
    ),
    "encoding_unknown": (
        (
            "第 {position} 个字节起不能按声明的编码、UTF-8 或 GB18030 读出",
            "请另存为 CSV UTF-8 后再导入。",
        ),
        (
            "byte {position} is not valid in the marked encoding, UTF-8 or GB18030",
            "Save the file as CSV UTF-8 and import that.",
        ),
    ),
    "encoding_damaged": (
        ("文件是 UTF-8，但第 {position} 个字节处已损坏", "请从原来的软件重新导出。"),
        ("the file is UTF-8, but damaged at byte {position}", "Export it again from its source."),
    ),
    "control_character": (
        ("含有控制字符 {character}", "请删除该字符；若整个文件如此，请另存为 CSV UTF-8。"),
        (
            "there is a control character {character}",
            "Delete it; if the whole file is like that, save it as CSV UTF-8.",
        ),
    ),
    "too_many_rows": (
        ("超过 {limit} 行", "请拆成几个文件分别导入。"),
        ("there are more than {limit} rows", "Split the file and import the parts."),
    ),
    "too_many_columns": (
        ("表头超过 {limit} 列", "请删除不用的列。"),
        ("there are more than {limit} columns", "Delete the columns you do not need."),
    ),
    "cell_too_long": (
        ("有单元格超过 {limit} 个字符", "请缩短内容，并检查双引号是否成对。"),
        (
            "a cell is longer than {limit} characters",
            "Shorten it, and see whether a quotation mark is left open.",
        ),
    ),
    "quotes_broken": (
        (
            "双引号不成对，或引号后还有文字",
            "含分隔符、换行或引号的内容请整格加引号，格内引号写两遍。",
        ),
        (
            "a quotation mark is left open or followed by text",
            "Quote the whole cell, and write a quotation mark inside it twice.",
        ),
    ),
    "separator_unclear": (
        ("表头中有两种分隔符各出现 {count} 次", "请只用逗号、分号或制表符中的一种。"),
        (
            "two separators stand {count} times each in the headings",
            "Use only one of comma, semicolon and tab.",
        ),
    ),
    "no_known_heading": (
        ("前 10 行没有可识别的表头", "请把表头写在数据上面，或指明各列是什么。"),
        (
            "no heading in the first ten rows is known",
            "Put the headings above the data, or say what each column is.",
        ),
    ),
    "rows_above": (
        ("表头在第 {row} 行，它上面的内容没有读取：{said}", "请确认上面没有商品。"),
        (
            "the headings stand in row {row}; what is above was not read: {said}",
            "See that no goods stand there.",
        ),
    ),
    "columns_unread": (
        ("这些列没有读取：{headings}", "需要的话，请改列名对照。"),
        ("these columns were not read: {headings}", "If they matter, say what they are."),
    ),
    "no_rows": (
        ("表头之下没有数据", "请至少填写一行。"),
        ("there is nothing under the headings", "Fill in at least one row."),
    ),
    "heading_empty": (
        ("第 {number} 列有数据而没有表头", "请补上表头，或删除该列。"),
        ("column {number} has data but no heading", "Give it a heading, or delete the column."),
    ),
    "heading_duplicate": (
        ("表头重复（第 {numbers} 列）", "请只保留一列，或改名。"),
        ("the heading stands twice (columns {numbers})", "Keep one column, or rename one."),
    ),
    "field_twice": (
        ("这些列是同一项内容：{headings}", "请只保留一列，或用列名对照文件指明用哪一列。"),
        (
            "these columns mean the same: {headings}",
            "Keep one of them, or say in a mapping file which one to use.",
        ),
    ),
    "ambiguous_price": (
        (
            "没有说明是售价还是供货价",
            "请把表头改为“售价”或“供货价”，或在列名对照文件中指明。",
        ),
        (
            "it is not said which price this is",
            "Name it 售价 (sale price) or 供货价 (supply price), or say so in a mapping file.",
        ),
    ),
}

_MAPPING = {
    "mapping_unreadable": (
        ("列名对照文件不是正确的 TOML 或 JSON", '每行写成 "表头" = "字段"。'),
        ("the mapping file is not proper TOML or JSON", 'Write lines like "heading" = "field".'),
    ),
    "mapping_not_a_field": (
        (
            "对照文件中“{heading}”指向的不是字段名",
            "对照文件只说明表头对应哪个字段，不能提供内容：产地、库存、证照等必须在表格中。可用字段：{fields}。",
        ),
        (
            "the mapping file points “{heading}” to something that is no field",
            "It supplies no values: origin, stock and papers stand in the sheet. Fields: {fields}.",
        ),
    ),
    "mapping_twice": (
        ("对照文件中“{heading}”与另一项重复", "每个表头、每个字段只能出现一次。"),
        (
            "“{heading}” repeats another entry of the mapping file",
            "Each heading and each field may stand there once.",
        ),
    ),
    "mapping_heading_absent": (
        ("对照文件提到的表头不在表格中", "请核对表头文字；对照文件不能添加列。"),
        (
            "the mapping file names a heading that the sheet does not have",
            "Compare the spelling; a mapping file cannot add a column.",
        ),
    ),
}

_ROW = {
    "ragged_row": (
        ("本行 {cells} 格，表头 {headings} 格", "请补齐或删除多余的格；含分隔符的内容要加引号。"),
        (
            "the row has {cells} cells, the headings are {headings}",
            "Add or remove cells; quote a cell that contains the separator.",
        ),
    ),
    "column_missing": (
        ("表格缺少这一必填列", "请增加该列并逐行填写。"),
        ("the sheet lacks this required column", "Add the column and fill it in for each row."),
    ),
    "value_missing": (("必填项为空", "请填写。"), ("a required cell is empty", "Fill it in.")),
    "placeholder_value": (
        ("这是数据库的空值标记，不是内容", "请填写真实内容，没有则留空。"),
        ("this is a database's mark for nothing", "Write the real value, or leave it empty."),
    ),
    "hidden_character": (
        ("含有不可见或改变书写方向的字符 {character}", "请删除后重新手工输入。"),
        (
            "there is an invisible or direction-changing character {character}",
            "Delete the text and type it again.",
        ),
    ),
    "unreadable_character": (
        ("含有无法正常显示的字符 {character}", "请换成标准汉字或重新导出文件。"),
        (
            "there is a character that cannot be shown everywhere: {character}",
            "Replace it, or export the file again.",
        ),
    ),
    "html_tags": (
        ("含有网页代码（HTML）", "请只填写文字，去掉标签和 &nbsp; 之类的代码。"),
        ("there is HTML in the text", "Write plain text without tags or codes like &nbsp;."),
    ),
    "line_break": (
        ("文字中有换行或制表符", "请写在一行内。"),
        ("there is a line break or a tab in the text", "Write it on one line."),
    ),
    "text_too_long": (
        ("{length} 个字符，超过上限 {limit}", "请缩短。"),
        ("it has {length} characters, the limit is {limit}", "Shorten it."),
    ),
    "spreadsheet_damaged": (
        (
            "编码已被表格软件改坏",
            "请先把该列格式设为“文本”，再重新填写原来的编码。",
        ),
        (
            "a spreadsheet has damaged the code",
            "Format the column as text first, then enter the original code again.",
        ),
    ),
    "cell_formula": (
        ("这一格是公式，不是内容", "请复制后“选择性粘贴”为值。"),
        ("this cell is a formula, not a value", "Copy it and paste it as a value."),
    ),
    "cell_date": (
        ("这一格被当作日期", "请先把该列格式设为“文本”，再重新填写。"),
        ("this cell was taken for a date", "Format the column as text first, then enter it again."),
    ),
    "cell_number": (
        (
            "编码存成了数字，显示的与您填写的可能不同",
            "请先把该列格式设为“文本”，再重新填写完整的编码。",
        ),
        (
            "the code is kept as a number and may not be what was typed",
            "Format the column as text first, then enter the whole code again.",
        ),
    ),
    "fullwidth_code": (
        ("编码含全角字符", "请改用半角字母和数字。"),
        ("the code has full-width characters", "Use half-width letters and digits."),
    ),
    "price_unclear": (
        ("不是一个价格", "请填写如 12.50 的数字，单位为元。"),
        ("this is not a price", "Write a number of yuan such as 12.50."),
    ),
    "price_grouping": (
        ("逗号的位置不对", "小数点请用“.”；千位分隔须为 1,234.50，或不写逗号。"),
        (
            "the comma is in the wrong place",
            "Use “.” for decimals; thousands are written 1,234.50 or without comma.",
        ),
    ),
    "price_decimals": (
        ("超过两位小数", "价格最小到分，请保留两位小数。"),
        ("there are more than two decimals", "A price ends at the fen: keep two decimals."),
    ),
    "price_negative": (
        ("价格不能为负", "请填写大于 0 的价格。"),
        ("a price cannot be negative", "Write a price above 0."),
    ),
    "price_zero": (
        ("价格不能为 0", "请填写大于 0 的价格。"),
        ("a price cannot be zero", "Write a price above 0."),
    ),
    "price_too_large": (
        ("价格超过上限 {limit} 元", "请核对单位是否为元。"),
        ("the price is above the limit of {limit} yuan", "See whether it is meant in yuan."),
    ),
    "supply_above_sale": (
        ("供货价高于售价 {sale}", "请核对两个价格是否填反。"),
        (
            "the supply price is above the sale price {sale}",
            "See whether the two prices are swapped.",
        ),
    ),
    "stock_unclear": (
        ("库存不是整数", "请按销售单位填写 0 或正整数。"),
        ("the stock is not a whole number", "Write 0 or a whole number of sale units."),
    ),
    "stock_negative": (
        ("库存不能为负", "没有现货请填 0。"),
        ("the stock cannot be negative", "Write 0 if there is none."),
    ),
    "stock_too_large": (
        ("库存超过上限 {limit}", "请填写实际可供数量。"),
        ("the stock is above the limit of {limit}", "Write what is really available."),
    ),
    "barcode_digits": (
        ("69码应为 13 位数字", "请照包装填写 13 位条码，没有则留空。"),
        ("a barcode has 13 digits", "Copy the 13 digits from the pack, or leave it empty."),
    ),
    "barcode_check": (
        ("69码校验位不符", "请对照包装逐位核对。"),
        ("the check digit of the barcode is wrong", "Compare it with the pack digit by digit."),
    ),
    "tax_rate_unknown": (
        ("不是可用的税率", "请填写 {rates} 之一，或“免税”。"),
        ("this is not a tax rate in use", "Write one of {rates}, or 免税 (exempt)."),
    ),
    "yes_or_no": (
        ("应为“是”或“否”", "请填写“是”或“否”。"),
        ("this is neither yes nor no", "Write 是 or 否."),
    ),
    "hours_unclear": (
        ("发货时效应为 1 至 {limit} 的整小时数", "请填写如“48小时”，天数请换算成小时。"),
        (
            "dispatch takes 1 to {limit} whole hours",
            "Write for example 48小时; turn days into hours.",
        ),
    ),
    "quantity_unclear": (
        ("不是 1 至 {limit} 的整数", "请填写如“5”的数字；不限就留空。"),
        (
            "this is not a whole number from 1 to {limit}",
            "Write a number such as 5, or nothing for no limit.",
        ),
    ),
    "county_code": (
        ("县级行政区划代码应为 6 位半角数字", "请填写 6 位代码，或县名全称。"),
        ("a county code has 6 half-width digits", "Write the 6 digits, or the full name."),
    ),
    "too_many_names": (
        ("超过 {limit} 项", "请删减，各项用“、”隔开。"),
        ("there are more than {limit} names", "Shorten the list; separate names by 、."),
    ),
    "name_twice": (
        ("“{name}”出现两次", "每项只写一次。"),
        ("“{name}” stands there twice", "Write each name once."),
    ),
    "duplicate_sku": (
        ("货号重复，见第 {rows} 行", "请只保留一行，或改用不同的货号。"),
        ("the SKU stands in rows {rows}", "Keep one of them, or give them different SKUs."),
    ),
    "mobile_unclear": (
        ("不是大陆手机号", "请填写 1 开头的 11 位手机号。"),
        ("this is not a mobile number", "Write the 11 digits beginning with 1."),
    ),
    "duplicate_mobile": (
        ("手机号重复，见第 {rows} 行", "每人一行，请核对是否重复填写。"),
        ("the mobile number stands in rows {rows}", "One row for each person: see which is meant."),
    ),
}

Words = tuple[str, str]


def _table(*parts: dict[str, tuple[Words, Words]]) -> dict[str, dict[Lang, Words]]:
    return {code: {"zh": zh, "en": en} for part in parts for code, (zh, en) in part.items()}


WORDS = _table(_FILE, WORKBOOK, ARCHIVE, _MAPPING, _ROW, LISTS, STATEMENTS)
