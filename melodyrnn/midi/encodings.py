"""Guesses in which encoding the texts of a file are.

Most texts are names of a few characters, too few for guessers that count how often letters occur. So each encoding in
which a text can be read gets a cost in bits, as if it were drawn from texts of such files: frequent characters of the
language are cheap, rare ones and letters in unlikely places dear. The cheapest encoding wins. The numbers are rough
shares: one of 2,965 equally likely characters that make up a third of a text costs log2(2965 * 3), about 13 bits.
`tests/midi/test_encodings.py` says what that finds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_UNREADABLE, _RARE, _MIXED = (
    24.0,
    18.0,
    7.0,
)  # bits for no character, for one hardly ever used, for a word of two scripts

_HANZI = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还"
    "发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知样现分将外但身些与高意进把法实回二理美点月明其种声全己话儿"
    "向情部正名定女问力机给等几很最间新什打便位因重走电四第门相次东海口使西再平真听世气信北少关内加化代入先山五太水万市眼体别处总场师书"
    "住九笑性通目华马命张活难神安表原白路常感金更合放光王亲今京清台边风望林南色字交爱让百元六思流每青远带花快变红雨雪春夏秋冬夜梦"
    "這來個國說們為時會過學對裡後麼沒還發當無開樣現將與進實點種聲話兒問機給間電門東氣關內萬體別處總場師書華馬張難親邊風愛讓遠帶變紅夢"
    "琵琶笙簧双雙单單锣鑼键鍵盘盤梁祝音乐樂曲歌词詞琴钢鋼弦鼓吉贝貝斯旋律伴奏独獨唱低副谱譜编編谢謝打击擊茶演号號管铜銅笛箫簫筝箏胡提左右轨軌隊队团團"
)
_KANJI = frozenset(
    "日一国会人年大十二本中長出三同時事自行社見月分後前民生連五間対上部東者地合市内相方四定今回新場金九入立開手力学高代明実子動京全目表"
    "通外最言現理体化田八六主題下意不来作性的要用気小七成期公野和平加山思家話世多正安数記女初北心第点書活先共名交川向面文元重近千海知道信"
    "物使次水半感特情変打男私各始島直朝式終西広演電歌曲音楽旋律伴奏独唱声琴弦低左右合右手笛管弓打鍵盤太鼓花春夏秋冬雪夢恋愛空星風雨夜涙"
)
_HANGUL = frozenset(
    "이다는에의가고을하지은사로한도기리인를어자나서아대들그해스정수일시있게부보오제원소주장니우과상적전여조구동만성라세비공무마실물계분양모년연"
    "당선교국신위문유방영면호경관용재생개화내진말안강금미심결달속발중단음악노래곡반드럼베피멜디타코러현바트른손왼랑눈별올린플루첼컬쳐봄밤꿈"
)
_HALF_WIDTH_KANA = frozenset("ﾝｰﾞｽﾄﾗﾙﾘﾒﾛﾃﾟｲｯｱｸﾌｷﾀｺ")
_CYRILLIC = frozenset("оеаинтсрвлкмдпубя")
_WESTERN = frozenset("éèàçüöäßñóíáêâôûîãõåæúëïò")
_CENTRAL = frozenset("ąćęłńóśźżčěňřšťůžáéíúýőűôäöü")
_TURKISH = frozenset("ğışöüçâîÇŞİ")
_GREEK = frozenset("αάοιίετνσςρκπμλδυηή")
_SIGNS = frozenset("©®°ºª’‘“”–—…«»№´•")
_OPENING = frozenset("’‘“«")
_CODE_SIGNS = frozenset("[]\\^_`{|}~@")  # rare in names, but second bytes of East Asian characters


@dataclass(frozen=True, slots=True)
class _Letters:
    """The bits of characters of an encoding with one byte a letter, most of them in ASCII or in one other script."""

    script: str
    frequent: frozenset[str]

    def __call__(self, before: str, character: str, raw: bytes) -> float:
        if character in _SIGNS or not character.isalpha():
            return 9.0 if character in _SIGNS else 14.0
        if not unicodedata.name(character, "").startswith(self.script):
            return _RARE
        lower = character.lower()
        is_usual = "а" <= lower <= "ё" or "ά" <= lower <= "ώ" or "ß" <= lower <= "ÿ"
        bits = 5.0 if lower in self.frequent else 7.0 if is_usual else 8.5
        bits += 6.0 if character.isupper() and before.islower() else float(character.isupper())
        if self.script != "LATIN":
            return bits + (_MIXED if _is_ascii_letter(before) else 0.0)
        return bits + (4.0 if before.isalpha() and not before.isascii() else 0.0)


@dataclass(frozen=True, slots=True)
class _EastAsian:
    """The bits of characters of an encoding of two bytes; those of its usual level have first bytes first..last."""

    first: int
    last: int
    frequent: frozenset[str]
    is_japanese: bool = False

    def __call__(self, before: str, character: str, raw: bytes) -> float:
        mixed = _MIXED if _is_ascii_letter(before) else 0.0
        if character in self.frequent:
            return mixed + 9.0
        if "\u3041" <= character <= "\u30fc":  # kana
            is_other_kana = "\u3041" <= before < "\u30fb" and (before < "\u30a0") != (character < "\u30a0")
            return mixed + (8.0 + 3.0 * is_other_kana if self.is_japanese else _RARE)
        if "\uff01" <= character <= "\uff5e":  # ASCII in full width
            return 9.0
        if "\uff61" <= character <= "\uff9f":  # kana of one byte
            return mixed + (3.5 if character in "ﾞﾟｰ" else 6.0 if character in _HALF_WIDTH_KANA else 8.5)
        if unicodedata.category(character) == "Co":
            return _UNREADABLE
        if not character.isalpha():
            return 13.0 if len(raw) > 1 else _RARE
        if not (len(raw) == 2 and self.first <= raw[0] <= self.last):
            return mixed + _RARE
        return mixed + (10.5 if "\uac00" <= character <= "\ud7a3" else 13.0)


_Bits = Callable[[str, str, bytes], float]  # of a character, given the one before it and its bytes


@dataclass(frozen=True, slots=True)
class _Encoding:
    """An encoding, the bits for a file to be in it at all, and the bits of its characters."""

    name: str
    prior: float
    bits: _Bits

    def cost(self, text: bytes) -> float:
        """Return the bits of a text; ASCII costs nothing but where a word mixes it with other letters."""
        total, before = 0.0, " "
        for character in text.decode(self.name, "replace"):
            if character == "\ufffd":
                total += _UNREADABLE
            elif not character.isascii():
                total += self.bits(before, character, character.encode(self.name, "replace"))
            elif not before.isascii():
                total += _after(before, character)
            before = character
        return total


def _after(before: str, character: str) -> float:
    """Return the bits of an ASCII character after one that is not."""
    if character in _CODE_SIGNS:
        return 4.0
    if not character.isalpha():
        return 0.0
    if not before.isalpha():
        return 0.0 if before in _OPENING or "\uff01" <= before <= "\uff5e" else 4.0
    if unicodedata.name(before, "").startswith("LATIN"):
        return 6.0 if character.isupper() and before.islower() else 0.0
    return _MIXED


def _is_ascii_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


_ENCODINGS = (
    _Encoding("cp1252", 0.0, _Letters("LATIN", _WESTERN)),
    _Encoding("cp932", 1.0, _EastAsian(0x88, 0x97, _KANJI, is_japanese=True)),
    _Encoding("cp1251", 1.0, _Letters("CYRILLIC", _CYRILLIC)),
    _Encoding("gb18030", 1.0, _EastAsian(0xB0, 0xD7, _HANZI)),
    _Encoding("big5", 1.5, _EastAsian(0xA4, 0xC6, _HANZI)),
    _Encoding("cp949", 1.5, _EastAsian(0xB0, 0xC8, _HANGUL)),
    _Encoding("euc_jp", 3.0, _EastAsian(0xB0, 0xCF, _KANJI, is_japanese=True)),
    _Encoding("cp1250", 3.0, _Letters("LATIN", _CENTRAL)),
    _Encoding("koi8_r", 4.0, _Letters("CYRILLIC", _CYRILLIC)),
    _Encoding("cp866", 4.0, _Letters("CYRILLIC", _CYRILLIC)),
    _Encoding("cp1253", 4.0, _Letters("GREEK", _GREEK)),
    _Encoding("cp1254", 4.0, _Letters("LATIN", _TURKISH)),
    _Encoding("mac_roman", 5.0, _Letters("LATIN", _WESTERN)),
    _Encoding("cp850", 5.0, _Letters("LATIN", _WESTERN)),
)


def guess_encoding(texts: Sequence[bytes]) -> str:
    """Return the encoding, as Python calls it, in which all these texts of one file probably are."""
    return min(_ENCODINGS, key=lambda encoding: encoding.prior + sum(map(encoding.cost, texts))).name
