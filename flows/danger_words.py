"""Words that must bring help first: that somebody may hurt themselves, or is hurt by others.

Matching too often costs a reader one extra line with a phone number, and in a letter a call to
the desk; missing one may cost a life. So the list is wide, and nothing is ever refused because of
it.
"""

import re
import unicodedata

_SELF_HARM = (
    # Japanese: stems, since the same wish is written in many forms.
    r"死に(たい|たく|たか|そう)|しに(たい(?!へん|おう|して|する)|たく(?!さん)|たかっ)",
    r"死んで(しま|も[いよ良]|ち?ゃ|楽|らく|い[いく])|死んじゃ",
    r"死んだ(方|ほう|ら楽|らく)|死ぬ(しか|こと|つもり|気|方法|前)|死を(考|選|思)",
    r"[消き]え(たい|たく|ちゃいた|てなくな)|消えて(しまい(た|そう)|しまえ[たば])|消えてい(き|なく)",
    r"いなくなり(たい|たく)|いなくなって(しまいた|も[いよ良])|いなくなれば",
    r"生きて.{0,6}(意味|価値|仕方|しかた|しょうが|辛|つら|嫌|いや|疲れ|限界|いけな|られな|たくな)",
    r"生きて.{0,6}(自信|理由|気力)|生きる.{0,4}(意味|価値|理由|気力|希望|辛|つら|疲|嫌)|生きたくな",
    r"自殺|じさつ|自死|自傷|命を[絶断た]|首を?[吊つ][るりっろら]|遺書|楽になりたい",
    r"飛び(降|お)り|飛び込(みた|みそう|んで|もう|みます|むしか)|線路に",
    r"(手首|腕)を切(?!ら|り付|りつ)|リストカット|リスカ|オーバードーズ|過量服薬",
    r"薬を.{0,4}(たくさん|大量|全部|いっぱい|まとめて).{0,3}[飲の]|大量に.{0,3}薬",
    r"(全部|すべて|人生を?)(終わり|おわり|終え|やめたい)|自分を(傷|きず)つけ",
    r"殺され(たい|ても[いよ良])|殺して(ほし|欲し|くだ|下さ)",
    r"kill(ing)? myself|suicid|\bunalive|want(ed)? to die|wanna die|rather be dead",
    r"wish i (was|were) dead|better off dead|(end|ending) (my life|it all)|take my (own )?life",
    r"(hurt|harm|cut)(t?ing)? myself|self[- ]?harm|overdos|slit my",
    r"no(thing| reason) to live|want to disappear|can('t|not) go on (living|any)",
    r"(do not|don'?t) want to (live|be alive|exist|wake up|be here any)|jump (off|in front)",
)
_HINT = re.compile("|".join(_SELF_HARM))


def hints_at_self_harm(words: str) -> bool:
    """Whether what somebody wrote may mean that they are in danger from themselves."""
    plain = _folded(words)
    return bool(_HINT.search(plain) or _HINT.search(re.sub(r"[\s、。・…]", "", plain)))


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold().replace("’", "'")


_BY_OTHERS = (
    # Violence, and what it is done with.
    r"殺[さすし]|ころされ|ころす|刺[さすし]|さされ|殴[らるっ]|なぐ[らるっ]|蹴[らるっ]|叩[かくい]|たたかれ",
    r"襲[わいっ]|おそわれ|首を[絞締し]|絞め|突き飛ば|つきとば|押さえつ|おさえつ|投げつ|物を投げ",
    r"刃物|はもの|包丁|ほうちょう|ナイフ|ないふ(?!り)|カッター|凶器|銃|バット|爆弾|ガソリン|火をつけ|放火",
    r"暴力|ぼうりょく|暴れ|あばれ|血が|強盗|ごうとう|不審者|人質|監禁|レイプ|犯され",
    # Held, followed, touched, threatened.
    r"囲[まんみ]|かこまれ|掴ま|つかまれ|捕ま|閉じ込め|とじこめ",
    r"(出られ|でられ|逃げら?れ|にげら?れ|帰れ|動け|うごけ|離して(もらえ|くれ)|帰して(もらえ|くれ))ない",
    r"追いかけ|おいかけ|追われ|つけられて|つきまと|待ち伏せ|隠れて|かくれて|触[らっ]|さわられ|脅[さしす]|おどさ",
    # Calls for people, and a voice that cannot be raised.
    r"助け|たすけ|タスケ|ヘルプ|危な|あぶな|緊急",
    r"(早く|はやく|すぐ|誰か|だれか|こっち(に|へ)?|ここ(に|へ)?|一緒に)[、, ]?(来て|きて)",
    r"(来て|きて)(くだ|下さ|ほし|欲し|くれ|よ|[!。]|$)|^(来て|きて)|呼んで",
    r"110番|119番|救急車|声が?を?(出せ|だせ)|しゃべれない",
    r"\bkill|\bstab|\bknife|\bknives|\bguns?\b|\bweapon|\bbomb|\bshoot|\bblood|bleeding|\brap(e|ed|ing)\b",
    r"\b(hit|hits|hitting|beat|beating|kick|push|grab|touch|punch|hurt|slap|chas|follow|chok|threw|throw)"
    r"(s|es|ed|t?ing|ped|ping|bed|bing|en)? (up )?(me|us|him|her|at me|things|my)\b",
    r"attack|assault|strangl|threat|surround|\bcorner(ed|ing)|locked (me |us )?in|trapped|robb",
    r"(can'?t|cannot|can not) (get (out|away)|leave|escape|speak|talk|move)",
    r"(won'?t|will not) let (me|us)\b",
    r"\bhelp\b|emergency|in danger|\bsos\b|unsafe|not safe",
    r"save (me|us)|\b(110|119|911|999)\b|ambulance",
    r"(please|someone|somebody|quick|quickly|now)[, ]+come\b",
    r"\bcome (now|quick|fast|here|please|help|over here)|(please|make (him|her|them|it)) stop",
    r"\btasukete|\byamete",
)
_FEARED = (
    # Said in danger, and in many a letter about what is over: it brings 110, and wakes nobody.
    r"怖い|恐い|こわい|危険|きけん|やめて|止めて|やばい|ヤバい|警察|けいさつ|通報|話せない",
    r"scared|afraid|terrified|danger|urgent|police|stop it|\bkowai",
)
_THANKED = re.compile(
    r"(助け|たすけ)(て|に)?(いただ|頂|くださ[いっり]た?|下さ[いっり]た?|くれ|もら|なり)[^。!?]{0,12}(ありがと|感謝|嬉し|うれし)"
    r"|(助か|たすか)[りる]|thank[^.!?]{0,40}\bhelp\w*|\b(your|their|his|her|of) help\b"
)
"""What is written to say thank you for help, and to nobody that help must come."""
_CALLED = re.compile("|".join(_BY_OTHERS))
_OTHERS = re.compile("|".join((*_BY_OTHERS, *_FEARED)))
_WANTS_TO_LIVE = re.compile(
    r"死にたくな[いー]|しにたくな[いー]|(don'?t|do not) (want to|wanna) die"
)


def hints_at_others(words: str) -> bool:
    """Whether somebody may be in danger from others, so that people must come.

    Not where they may hurt themselves; but whoever does not want to die is not one of those.
    """
    return _is_from_others(_OTHERS, _folded(words))


def calls_out(words: str) -> bool:
    """Whether a letter to the desk may be written in danger from others, so that the desk is
    called at any hour: not for thanks, nor for fear and the police alone."""
    return _is_from_others(_CALLED, _THANKED.sub(" ", _folded(words)))


def says_danger(words: str) -> bool:
    """Whether a letter may be written in danger, from its writer or from others."""
    return hints_at_self_harm(words) or calls_out(words)


def _is_from_others(pattern: re.Pattern[str], plain: str) -> bool:
    if hints_at_self_harm(_WANTS_TO_LIVE.sub(" ", plain)):
        return False
    return bool(pattern.search(plain) or pattern.search(re.sub(r"[\s、。・…]", "", plain)))
