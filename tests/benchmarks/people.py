"""Names as they are spread in the world, for benches of matching: a few surnames are borne by very many, most by few."""

import random
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from anyascii import anyascii

# Most frequent first; the n-th is drawn 1/n as often as the first.
_CHINESE = "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾"
_CHINESE_GIVEN = "伟 芳 明 丽 强 静 敏 磊 军 洋 勇 艳 杰 娟 涛 超 霞 平 刚 桂 英 华 玉 兰 海 燕 文 志 建 国 小 红"
_ARABIC = "محمد أحمد علي محمود عمر خالد يوسف إبراهيم حسن حسين مصطفى سعيد فاطمة عائشة مريم زينب نور ليلى سلمى هدى"
_MUSLIM = "Mohamed Ahmed Ali Mahmoud Omar Khaled Youssef Ibrahim Hassan Hussein Mustafa Said Fatima Aisha Maryam Amina"
_AFRICAN = "Diallo Traoré Keita Ouédraogo Mensah Otieno Mwangi Wanjiru Okafor Abebe Tesfaye Ndiaye Sow Kamara"
_RUSSIAN = "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков"
_RUSSIAN_GIVEN = "Александр Сергей Дмитрий Иван Андрей Алексей Максим Николай Михаил Павел Юрий Олег"
_LATIN = "García Martin Bernard Dubois Rodríguez López Silva Santos Müller Rossi Novák Smith Jones Williams"
_LATIN_GIVEN = "Maria José Jean Anna Pierre Carlos Marie Juan Paul Laura Peter Julia Thomas Sophie Michael Claire"
_KOREAN = "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황"
_KOREAN_GIVEN = "민 서 지 현 수 영 준 우 은 진 성 호 재 혜 경 미"
_SYLLABLES = "ba ke lo mi ran tos vel dri ska non gu fa pe chi zor han ley bur ti wa"
COUNTRIES = ("CN", "EG", "KE", "RU", "FR", "KR")


@dataclass(frozen=True)
class Person:
    """One invented person."""

    name: str
    latin_name: str
    nationality: str


def person(draw: random.Random) -> Person:
    """Somebody, of a nationality that fits the name."""
    country = draw.choice(COUNTRIES)
    match country:
        case "CN":
            given = "".join(_one(draw, _CHINESE_GIVEN) for _syllable in range(draw.choice([1, 2, 2, 2])))
            surname = _one(draw, _CHINESE)
            return Person(surname + given, f"{anyascii(surname)} {anyascii(given).capitalize()}", country)
        case "KR":
            given = "".join(draw.choice(_pool(_KOREAN_GIVEN)[0]) for _syllable in range(2))
            surname = _one(draw, _KOREAN)
            return Person(surname + given, f"{anyascii(surname)} {anyascii(given)}", country)
        case "EG":
            words = [_one(draw, _ARABIC) for _word in range(draw.choice([2, 3, 3]))]
            latin = [_spelt(word) for word in words]
            return Person(" ".join(words), " ".join(latin), country)
        case "RU":
            name = f"{_one(draw, _RUSSIAN_GIVEN)} {_surname(draw, _RUSSIAN)}"
            return Person(name, anyascii(name), country)
        case "KE":
            return Person(f"{_one(draw, _MUSLIM)} {_surname(draw, _AFRICAN)}", "", country)
    return Person(f"{_one(draw, _LATIN_GIVEN)} {_surname(draw, _LATIN)}", "", country)


def _surname(draw: random.Random, pool: str) -> str:
    """A frequent one for some, for most one of the long tail."""
    if draw.random() < 0.4:
        return _one(draw, pool)
    return "".join(draw.choices(_pool(_SYLLABLES)[0], k=3)).capitalize()


def _one(draw: random.Random, pool: str) -> str:
    names, weights = _pool(pool)
    return draw.choices(names, cum_weights=weights)[0]


@lru_cache
def _pool(pool: str) -> tuple[list[str], list[float]]:
    names = pool.split()
    return names, list(accumulate(1 / (place + 1) for place in range(len(names))))


def _spelt(arabic: str) -> str:
    latin = _pool(_MUSLIM)[0]
    return latin[_pool(_ARABIC)[0].index(arabic) % len(latin)]
