"""Names of every encoding that files are found in, one alone and several together."""

from __future__ import annotations

import pytest

from melodyrnn.midi.encodings import guess_encoding

# Single names: each is found alone.
NAMES = {
    "cp932": "メロディ ベース 歌 主旋律 左手 ギター コード ドラゴンクエスト 津軽海峡 千本桜 さようなら 第九 ﾒﾛﾃﾞｨ ﾍﾞｰｽ",
    "cp1251": "Бас Вокал Мелодия ударные ВОКАЛ Понедельник Катюша Танго Соло-гитара Прелюдия Альт",
    "cp1252": "Prélude Flöte Straße Übung João Señorita CAFÉ Åse coração L’été Ouvertüre À",
    "gb18030": "主旋律 伴奏 钢琴 吉他 人声 左手 二泉映月 甜蜜蜜 谢谢 茶",
    "big5": "主旋律 伴奏 鋼琴 人聲 左手 彩雲追月 臺北 愛拼才會贏",
    "cp949": "멜로디 베이스 드럼 알토 솔로 월요일 감사합니다 첫사랑 강남스타일",
    "euc_jp": "メロディ ベース ギター 主旋律 さくら",
    "koi8_r": "Бас Вокал Мелодия Гитара",
    "cp866": "Бас Вокал Мелодия Ударные",
    "cp1250": "Żółty Głos Housle Trąbka Świąteczna Ének",
    "cp1253": "Μελωδία Φωνή Κιθάρα",
}


@pytest.mark.parametrize("encoding", NAMES)
def test_a_single_name_is_read(encoding: str) -> None:
    for name in NAMES[encoding].split():
        data = name.encode(encoding)
        if not data.isascii():
            assert data.decode(guess_encoding([data])) == name


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("big5", ["高雄", "謝謝", "鋼琴"]),
        ("gb18030", ["打击乐", "茉莉花", "主旋律"]),
        ("euc_jp", ["歌", "左手", "ピアノ"]),
        ("cp850", ["Flöte", "Prélude", "Gitarre"]),
        ("mac_roman", ["Prélude", "Für Elise", "Canción"]),
        ("cp1250", ["Skřípky", "Housle", "Zpěv", "Basa – říjen"]),
        ("cp1254", ["Bağlama", "Şarkı", "Türkü"]),
    ],
)
def test_what_is_too_short_alone_is_read_together(encoding: str, names: list[str]) -> None:
    texts = [name.encode(encoding) for name in names]
    guessed = guess_encoding(texts)
    assert [text.decode(guessed) for text in texts] == names


def test_any_bytes_have_an_encoding() -> None:
    for text in (b"", b"\xff", bytes(range(256)), b"\x81", b"\x8d\x8f\x90\x9d"):
        text.decode(guess_encoding([text]), "replace")
    assert guess_encoding([]) == "cp1252"
