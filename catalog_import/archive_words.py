"""What can be wrong with an archive of pictures; see words.py."""

ARCHIVE = {
    "archive_large": (
        ("压缩包 {size} 字节，超过上限 {limit} MB", "请把图片缩小，或分几次上传。"),
        (
            "the archive has {size} bytes, the limit is {limit} MB",
            "Make the pictures smaller, or send them in several archives.",
        ),
    ),
    "archive_damaged": (
        ("压缩包打不开或已损坏", "请重新打包成普通的 ZIP 文件。"),
        ("the archive cannot be opened or is damaged", "Pack it anew as a plain ZIP file."),
    ),
    "archive_entries": (
        ("压缩包里有 {count} 个文件，超过上限 {limit} 个", "请分成几个压缩包。"),
        ("the archive has {count} files, the limit is {limit}", "Split it into several."),
    ),
    "archive_locked": (
        ("压缩包有密码", "请去掉密码后重新打包。"),
        ("the archive has a password", "Pack it anew without one."),
    ),
    "archive_bomb": (
        ("压缩包解压后有 {size} MB，太大", "请只放商品图片，重新打包。"),
        ("the archive unpacks to {size} MB, which is too much", "Pack only pictures of goods."),
    ),
    "archive_nested": (
        ("压缩包里还有压缩包：{name}", "请把图片直接放进一个压缩包。"),
        ("the archive holds another archive: {name}", "Put the pictures into one archive."),
    ),
    "archive_name": (
        ("压缩包里有不能用的文件名：{name}", "文件名请用货号，如 SL-001.jpg、SL-001_2.jpg。"),
        (
            "the archive has a name that cannot be used: {name}",
            "Name the files by SKU, such as SL-001.jpg and SL-001_2.jpg.",
        ),
    ),
    "archive_unclear": (
        (
            "压缩包里的“{name}”对得上几个只差大小写的货号：{skus}",
            "请按其中一个货号的大小写改名。",
        ),
        (
            "“{name}” fits several SKUs that differ in case alone: {skus}",
            "Name it as one of them is written.",
        ),
    ),
    "archive_twice": (
        ("压缩包里“{name}”出现两次", "只有大小写或写法不同的文件名也算重复，请改名。"),
        (
            "“{name}” stands twice in the archive",
            "Names that differ in case or spelling alone are the same: rename one.",
        ),
    ),
    "archive_suspicious": (
        ("压缩包的结构不正常（{what}）", "请用常见的软件重新打包成普通的 ZIP 文件。"),
        (
            "the archive is not in order ({what})",
            "Pack it anew as a plain ZIP file with common software.",
        ),
    ),
}
