"""Claims on their pages: a photograph is handed in, the supplier answers, the refund shows."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask.testing import FlaskClient

from marketplace.catalog.models import Listing
from marketplace.kernel.money import Money
from marketplace.orders import queries as orders
from marketplace.orders.models import Order
from tests.fixtures import People, post
from tests.makers.claims import a_quality_claim, a_shipped_order, received, said
from tests.makers.photos import a_photo

SignIn = Callable[[str], FlaskClient]
NO_PICTURE = (b"no picture", "坏.jpg")


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.get_data(as_text=True))


def line_of(people: People, order: Order) -> str:
    with people.runtime.reading() as session:
        (line,) = orders.lines_of(session, order.id)
    return str(line.id)


def test_a_buyer_claims_with_a_photograph_and_the_refund_shows(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    order = received(people, a_shipped_order(people, melon))
    buyer, supplier = client_as("employee"), client_as("supplier")
    assert "质量问题、退货" in text_of(buyer, f"/orders/{order.id}")
    page = f"/claims/orders/{order.id}"
    assert "最多 ¥118.00" in text_of(buyer, page)
    assert "七天无理由退货）" not in text_of(buyer, page)
    line = line_of(people, order)
    for fields, words in (
        ({f"amount-{line}": "12.345", "reason": "示例"}, "金额没有填，或者写得不对"),
        ({f"amount-{line}": "12", "reason": ""}, "请填写。"),
        ({f"amount-{line}": "12", "reason": "示例"}, "质量问题要有照片"),
        # what may not be asked for is refused before anything is opened
        ({"reason": "示例", "photos": NO_PICTURE}, "没有写要退哪件"),
        ({f"amount-{line}": "12", "reason": "示例", "photos": NO_PICTURE}, "坏.jpg"),
    ):
        given = {n: (io.BytesIO(v[0]), v[1]) if n == "photos" else v for n, v in fields.items()}
        refused = post(buyer, f"{page}/quality", on=page, **given)
        assert refused.status_code == 422
        assert words in refused.text
    picture = (io.BytesIO(a_photo((20, 160, 60))), "坏.jpg")
    fields = {f"amount-{line}": "12.50", "reason": "示例：坏了一个", "photos": picture}
    done = post(buyer, f"{page}/quality", on=page, **fields)
    assert done.status_code == 303
    shown = text_of(supplier, done.location)
    (photo,) = {part.split('"')[0] for part in shown.split('src="')[1:] if "-small" in part}
    assert supplier.get(photo).content_type == "image/webp"
    assert client_as("second_employee").get(photo).status_code == 404
    offer = post(
        supplier, f"{done.location}/offer", on=done.location, amount="10", note="示例：只坏了一半"
    )
    assert offer.status_code == 303
    assert "退 ¥10.00" in text_of(buyer, done.location)
    assert f"SH-{order.number}-1" in text_of(supplier, "/claims")
    assert post(buyer, f"{done.location}/accept", on=done.location).status_code == 303
    assert "退款 ¥10.00" in text_of(buyer, f"/orders/{order.id}")


def test_a_wrong_answer_keeps_the_page_and_says_what_to_do(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    claim = a_quality_claim(people, a_shipped_order(people, melon), 18_00)
    page = f"/claims/{claim.id}"
    supplier = client_as("supplier")
    for fields, words in (
        ({"amount": "x", "note": "示例"}, "最多两位小数"),
        ({"amount": "18.01", "note": "示例"}, "最多退 ¥18.00"),
        ({"amount": "1", "note": " "}, "原因"),
    ):
        refused = post(supplier, f"{page}/offer", on=page, **fields)
        assert refused.status_code in {409, 422}
        assert words in refused.text
    said(people, claim, "supplier", "offer", amount=Money(0))
    assert "同意这个金额" not in text_of(client_as("employee"), page)
    assert post(client_as("manager"), f"{page}/nothing", on=page).status_code == 404
