"""Names of one person in several scripts and spellings meet; names of different people mostly do not."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.rules.likeness import THRESHOLD, blocks, compare, skeleton, words

SAME = [
    ("Mohammed Al-Ahmad", "Muhamad Ahmed"), ("محمد علي", "Mohamed Ali"), ("محمد الأحمد", "Mohamed Al-Ahmad"),
    ("Юсуф Кузнецов", "Yusuf Kuznetzov"), ("Sergey Ivanov", "Sergei Iwanow"), ("Иван Петров", "Petrov Ivan"),
    ("王小明", "Wang Xiaoming"), ("王小明", "Xiao Ming WANG"), ("김정은", "Kim Jong Un"),
    ("Gaddafi Muammar", "Qadhafi Moammar"), ("Tchaikovsky Pyotr", "Chaikovskij Petr"),
    ("Müller Jürgen", "Mueller Juergen"), ("José García Pérez", "Jose Garcia"),
    ("Usama bin Ladin", "Osama bin Laden"), ("Abd al-Rahman Hassan", "Abdurrahman Hasan"),
    ("O'Brien Sean", "Shaun OBrien"), ("Yousef Khalil", "Youssef Khaleel"), ("H.E. Dr. Anna Novák", "Anna Novak"),
]  # fmt: skip
OTHERS = [
    ("Wang Xiaoming", "Wang Xiaohong"), ("Ivan Petrov", "Ivan Petrenko"), ("Maria Garcia", "Maria Gomez"),
    ("John Smith", "Jane Smith"), ("Li Wei", "Li Wen"), ("Chen Jie", "Chen Jia"), ("Kim Min Su", "Kim Min Ji"),
    ("David Cohen", "Daniel Cohen"), ("Pedro Sanchez", "Pablo Sanchez"), ("Wang", "Wang Xiaoming"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_meet_and_are_compared(one, other):
    assert compare(one, other).score >= THRESHOLD
    assert blocks(one) & blocks(other)


# Different people who are shown to an officer all the same: the price of a threshold that loses few spellings.
FALSE_ALARMS = [
    ("Amina Diallo", "Aminata Diallo"), ("Mohammed Ali", "Mahmoud Ali"),
    ("Ahmed Hassan", "Hamid Hassan"), ("Olga Petrova", "Oleg Petrov"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), FALSE_ALARMS)
def test_some_different_people_are_flagged_too_and_the_house_knows_it(one, other):
    assert compare(one, other).score >= THRESHOLD


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_different_people_stay_below_the_threshold(one, other):
    assert compare(one, other).score < THRESHOLD


def test_a_likeness_says_what_it_rests_on():
    found = compare("Юсуф Кузнецов", "Yusuf Kuznetzov")
    assert {(m.one, m.other, m.how) for m in found.meetings} == {
        ("yusuf", "yusuf", "equal"),
        ("kuznetsov", "kuznetzov", "sound"),
    }


def test_words_are_names_alone():
    assert words("H.E. Dr. José de la Cruz-Álvarez") == ("jose", "cruz", "alvarez")
    assert words("王小明") == ("wang", "xiaoming")
    assert words("欧阳修") == ("ouyang", "xiu")
    assert skeleton("mohammed") == skeleton("muhamad") == skeleton("mhmd")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared_and_the_order_does_not_matter(one, other):
    score = compare(one, other).score
    assert 0.0 <= score <= 1.0
    assert score == pytest.approx(compare(other, one).score, abs=0.15)
    assert len(blocks(one)) <= 200


def pairs(file):
    with (Path(__file__).parent / file).open(encoding="utf-8") as opened:
        return [(row["one"], row["other"], row["same"] == "yes") for row in csv.DictReader(opened)]


@pytest.mark.parametrize(
    ("file", "recall", "precision"),
    # Spellings were tuned on the first, and only measured on the second. Who is not the same person there was chosen to
    # be hard (one letter, one sex, one syllable apart), so among people who just happen to register precision is higher.
    [("names_tuned.csv", 0.90, 0.70), ("names_held_out.csv", 0.90, 0.74)],
)
def test_of_pairs_in_many_scripts_most_of_the_same_person_are_found_and_most_flags_are_right(file, recall, precision):
    judged = [(same, bool(blocks(a) & blocks(b)) and compare(a, b).score >= THRESHOLD) for a, b, same in pairs(file)]
    found = sum(same and flagged for same, flagged in judged)
    assert len(judged) > 125
    assert found / sum(same for same, _flagged in judged) >= recall
    assert found / sum(flagged for _same, flagged in judged) >= precision


def test_no_word_of_a_long_name_is_left_out():
    long = "Maria Isabel Teresa Cristina Leopoldina Augusta Micaela Gabriela Rafaela Gonzaga"
    assert blocks(long) & blocks("Rafaela Gonzaga")
    assert compare(long, "Gonzaga Maria").score > 0.7


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll"]), min_size=2, max_size=30))
def test_a_name_is_itself(name):
    if words(name):
        assert compare(name, name).score == 1.0
