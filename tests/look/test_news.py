"""Words for the next page, kept in a cookie until somebody comes to read them."""

from __future__ import annotations

from flask import Flask

from marketplace.web.answers import MOST_SAID, news, remark


def test_of_many_words_that_nobody_came_to_read_the_last_are_told_once(app: Flask) -> None:
    with app.test_request_context("/"):
        for number in range(MOST_SAID + 3):
            remark(str(number))
        assert news() == [("done", str(number)) for number in range(3, MOST_SAID + 3)]
        assert news() == []
