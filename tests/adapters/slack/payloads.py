"""What somebody may type to make a channel act: mentions, links, fences, marks, too much."""

SEEDS = [
    "<!channel>", "<!here>", "<!everyone>", "<@U0EVE>", "<#C0DESK>", "<!subteam^S123>",
    "<http://evil.example|返信する>", "<https://evil.example>", "https://evil.example/x",
    "<mailto:a@b.c|x>", "<tel:119|x>", "<!date^1^{date}|x>", "*bold*", "```fence```", "> quote",
    ":siren: :fire:", "\u202eevil", "\u200b\u200d", "a\u0301" * 200, "&lt;!channel&gt;",
    "&amp;lt;", "@channel", "@here", "www.evil.example", "{{7*7}}", "{key} %s {0}", "\x00\x1b[31m",
    "\ud800", "𠮷𩸽" * 50, "👩‍👩‍👧" * 40, "line\nline\r\nline", " ", "", "x" * 3001, "語" * 20_000,
]  # fmt: skip
PAYLOADS = [f"{a}{b}" for a in SEEDS for b in SEEDS[:15]]


def packed(most: int) -> list[str]:
    """Every payload, as few texts of at most so many characters as need be.

    What stands beside another acts as much as what stands alone; what is longer is cut, as
    Slack's own client cuts it.
    """
    texts: list[str] = []
    # Slack's client sends no lone surrogate, and nothing that is blank.
    fitting = {p.replace("\ud800", "")[:most] for p in PAYLOADS}
    for payload in sorted(filter(str.strip, fitting), key=lambda p: (-len(p), p)):
        for number, text in enumerate(texts):
            if len(text) + 1 + len(payload) <= most:
                texts[number] = f"{text}\n{payload}"
                break
        else:
            texts.append(payload)
    return texts
