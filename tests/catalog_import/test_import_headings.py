"""Which column is which: synonyms, the person's mapping, and prices that are never guessed."""

import pytest

from catalog_import import Mapping, UnreadableFile, read_listings, read_mapping
from catalog_import.synonyms import HeadingTable, heading_table
from tests.catalog_import.sheets import GOOD, csv_of


def with_headings(**names: str) -> bytes:
    return csv_of({names.get(heading, heading): cell for heading, cell in GOOD.items()})


def mapping_refusal(text: str) -> tuple[str, str]:
    with pytest.raises(UnreadableFile) as refused:
        read_mapping(text.encode())
    problem = refused.value.problem
    return problem.code, str(problem.data.get("heading", ""))


@pytest.mark.parametrize(
    "heading", ["商品编码", "SKU", "sku", " s k u ", "ＳＫＵ", "Item_No", "货号*"]
)
def test_case_blanks_and_width_of_a_heading_do_not_matter(heading: str) -> None:
    sheet = read_listings(with_headings(货号=heading))
    assert sheet.problems == ()
    assert sheet.headings[heading.strip()] == "sku"


def test_every_synonym_leads_to_its_field() -> None:
    for field, words in heading_table().listing.items():
        for name in words.names():
            row = {"品名": "茶"} if field != "title" else {"货号": "1"}
            assert field in read_listings(csv_of(row | {name: "x"})).headings.values()


def test_an_english_sheet_is_read() -> None:
    names = [heading_table().listing[f].en for f in read_listings(csv_of(GOOD)).headings.values()]
    sheet = read_listings(csv_of(dict(zip(names, GOOD.values(), strict=True))))
    assert sheet.rows == read_listings(csv_of(GOOD)).rows


def test_a_synonym_may_not_mean_two_things() -> None:
    table = heading_table().model_dump()
    table["listing"]["title"]["also"].append("货 号")
    with pytest.raises(ValueError, match="货号"):
        HeadingTable.model_validate(table)


def test_unknown_headings_are_listed_and_left_alone() -> None:
    sheet = read_listings(csv_of(GOOD | {"仓管员": "某某"}))
    assert sheet.unknown_headings == ("仓管员",)
    assert sheet.problems == ()


def test_a_file_without_any_known_heading_is_refused() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_listings(b"x,y\n1,2\n")
    assert refused.value.problem.code == "no_known_heading"


@pytest.mark.parametrize("heading", ["价格", "单价", "Price", "价格（元）", "regular price"])
def test_a_lone_price_is_asked_about_and_never_guessed(heading: str) -> None:
    sheet = read_listings(with_headings(售价=heading))
    assert sheet.rows == ()
    codes = [(p.code, p.row, p.column or p.field) for p in sheet.problems]
    assert codes == [("ambiguous_price", 1, heading), ("column_missing", 2, "sale_price")]
    assert "sale_price" not in sheet.headings.values()
    assert "供货价" in sheet.problems[0].say("zh")


def test_a_price_beside_both_named_prices_is_only_unknown() -> None:
    assert read_listings(csv_of(GOOD | {"价格": "1"})).problems == ()


def test_a_person_may_say_which_price_it_is() -> None:
    sheet = read_listings(
        with_headings(售价="价格"), mapping=read_mapping('"价格"="sale_price"'.encode())
    )
    assert sheet.problems == ()
    assert sheet.rows[0].sale_price == 3990


def test_the_mapping_wins_over_the_synonyms() -> None:
    mapping = read_mapping('{"品名（对外）": "title"}'.encode())
    sheet = read_listings(csv_of(GOOD | {"品名（对外）": "对外的名字"}), mapping=mapping)
    assert sheet.rows[0].title == "对外的名字"
    assert sheet.unknown_headings == ("品名",)


def test_two_columns_for_one_field_are_not_chosen_between() -> None:
    sheet = read_listings(csv_of(GOOD | {"商品名称": "另一个名字"}))
    assert [p.code for p in sheet.problems] == ["field_twice", "column_missing"]
    assert sheet.problems[0].data["headings"] == "品名, 商品名称"


def test_a_needed_heading_that_stands_twice_is_not_used() -> None:
    first, second = csv_of(GOOD).split(b"\n")
    sheet = read_listings(b'%b,"\xe5\x94\xae\xe4\xbb\xb7"\n%b,"1"' % (first, second))
    assert [p.code for p in sheet.problems] == ["heading_duplicate", "column_missing"]


def test_a_mapping_cannot_name_a_heading_that_is_not_there() -> None:
    mapping = Mapping((("产地县名", "county"),))
    sheet = read_listings(csv_of({k: v for k, v in GOOD.items() if k != "原产县"}), mapping=mapping)
    assert [(p.code, p.column) for p in sheet.problems] == [
        ("mapping_heading_absent", "产地县名"),
        ("column_missing", ""),
    ]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ('county = "雷山县"', "county"),
        ("stock = 100", "stock"),
        ('[constants]\ncounty = "雷山县"', "constants"),
        ('"证书" = "papers"', "证书"),
        ('certificate_id = "certificate"', "certificate_id"),
        ('{"stock": 100}', "stock"),
        ('{"产地": {"constant": "雷山县"}}', "产地"),
        ('"产地" = ["county"]', "产地"),
    ],
)
def test_a_mapping_supplies_no_origin_no_stock_and_no_papers(text: str, heading: str) -> None:
    assert mapping_refusal(text) == ("mapping_not_a_field", heading)


@pytest.mark.parametrize(
    "text", ['a = "sku"\nb = "sku"', '"a b" = "sku"\nAB = "title"', '{"a": "sku", "a": "title"}']
)
def test_a_mapping_says_each_thing_once(text: str) -> None:
    assert mapping_refusal(text)[0] == "mapping_twice"


@pytest.mark.parametrize("text", ["# nothing", "{}", "{", "a = ", "a: sku", '{"a":' * 9000])
def test_a_mapping_that_is_no_toml_or_json_is_refused(text: str) -> None:
    assert mapping_refusal(text)[0] == "mapping_unreadable"
