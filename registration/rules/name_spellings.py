"""Spellings of names that no comparison of letters finds: Korean surnames, Chinese ones of two characters, and pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterable

# How Koreans spell their surnames; the first of each line stands for all.
_SPELT = """
lee yi rhee ri i li
park pak bak bag
kim gim
choi choe
jung jeong chung cheong
kang gang
cho jo
yoon yun
lim im rim
shin sin
kwon gwon
ahn an
yoo yu ryu
jeon jun chun
ko go koh
moon mun
noh roh no
shim sim
koo gu ku
oh o
heo hur huh
son sohn
"""
UMLAUT = {"lyu": "lu", "lv": "lu", "nyu": "nu", "nv": "nu"}  # ü in pinyin, where a passport cannot print it
SAME_WORD = UMLAUT | {word: line.split()[0] for line in _SPELT.split("\n") for word in line.split()}
_COMPOUND = """
欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 慕容
令狐 夏侯 长孙 長孫 宇文 轩辕 軒轅 南宫 南宮
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
_COMMON = """
wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng
xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lu su jiang cai jia ding wei
xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui
kang mao qiu qin gu hou shao meng long wan duan lei qian tao he lai gong xi lyu wen pang ouyang
sima zhuge shangguan situ
"""
_SURNAMES = frozenset(_COMMON.split())
_PINYIN = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|van|ai|ei|ao|ou|an|en|in|un"
    r"|ia|ie|iu|ua|uo|ui|ue|ve|er|a|o|e|i|u|v))+"
)


def both_chinese(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether both names are spelt in pinyin throughout, each with a Chinese surname at one end."""
    return _is_chinese(tuple(one)) and _is_chinese(tuple(other))


def _is_chinese(words: tuple[str, ...]) -> bool:
    has_surname = bool({words[0], words[-1]} & _SURNAMES)
    return has_surname and all(_PINYIN.fullmatch(word) for word in words)
