"""Letters of ours: the same words in text and in HTML, in the colours of the house.

Mail programs read no sheet of styles, so the colours stand at each element; a test compares them
with the tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from marketplace.ports.mail import Mail
from marketplace.web.words import Words

PAPER, SHEET, LINE = "#faf6ee", "#fffdf8", "#e3dccd"
INK, SOFT, PINE = "#1c2521", "#4f5b54", "#1f4d3a"
_FONT = "-apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
_PAGE = Markup(
    '<!doctype html>\n<html lang="{lang}">\n<head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{subject}</title></head>\n'
    '<body style="margin:0;background:{paper};color:{ink};font:16px/1.7 {font}">\n'
    '<div style="max-width:36em;margin:0 auto;padding:24px">\n'
    '<p style="margin:0 0 12px;font-weight:700;font-size:18px;color:{pine}">{brand}</p>\n'
    '<div style="background:{sheet};border:1px solid {line};border-radius:12px;padding:24px">\n'
    "{inside}\n</div>\n</div>\n</body>\n</html>\n"
)
_PARAGRAPH = Markup('<p style="margin:0 0 14px">{}</p>')
_LINK = Markup(
    '<p style="margin:20px 0 8px"><a href="{link}" style="display:inline-block;background:{pine};'
    'color:{sheet};text-decoration:none;padding:11px 20px;border-radius:12px">{words}</a></p>\n'
    '<p style="margin:0 0 14px;font-size:14px;color:{soft};word-break:break-all">{link}</p>'
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says; `link` is a whole address, empty for none."""

    subject: str
    before: tuple[str, ...]
    link: str = ""
    link_words: str = ""
    after: tuple[str, ...] = ()


def mail(to: str, letter: Letter, say: Words) -> Mail:
    """The letter in both forms; what it says is text, never marks of HTML."""
    parts = [*letter.before, *([letter.link] if letter.link else []), *letter.after]
    return Mail(to, letter.subject, "\n\n".join(parts) + "\n", _html(letter, say))


def _html(letter: Letter, say: Words) -> str:
    inside = [_PARAGRAPH.format(one) for one in letter.before]
    if letter.link:
        inside.append(
            _LINK.format(
                link=letter.link, words=letter.link_words, pine=PINE, sheet=SHEET, soft=SOFT
            )
        )
    inside += [_PARAGRAPH.format(one) for one in letter.after]
    return str(
        _PAGE.format(
            lang="zh-Hans" if say.language == "zh" else say.language,
            subject=letter.subject,
            brand=say("直通车"),
            inside=Markup("\n").join(inside),
            font=_FONT,
            paper=PAPER,
            sheet=SHEET,
            ink=INK,
            line=LINE,
            pine=PINE,
        )
    )
