"""The files of questions, and what answers come to."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pages.taxonomy import SKILLS
from server.people.assessment.bank import FOLDER, OF_EACH_LEVEL, OWN_WORDS, Questionnaire, questionnaire
from server.people.assessment.scoring import Mark, outcome
from server.people.skills import LEVELS

NAMES = {slug: name for slug, name, _ in SKILLS}
SLUGS = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != OWN_WORDS)
MARKS = st.lists(st.builds(Mark, st.sampled_from(LEVELS), st.booleans()), max_size=20)


def asked_about(slug: str) -> Questionnaire:
    return questionnaire(slug, NAMES[slug])


def test_there_are_questions_about_several_skills() -> None:
    assert len(SLUGS) >= 8


@pytest.mark.parametrize("slug", SLUGS)
def test_every_question_has_one_right_answer_among_four(slug: str) -> None:
    found = asked_about(slug)
    assert found.basis == "assessed"
    for question in found.questions.values():
        assert len({question.right, *question.wrong} - {""}) == 4, question.id
        assert question.text.strip() == question.text != "", question.id


@pytest.mark.parametrize("slug", SLUGS)
def test_there_are_more_questions_of_each_level_than_a_try_asks(slug: str) -> None:
    questions = asked_about(slug).questions.values()
    for level in LEVELS:
        assert sum(question.level == level for question in questions) > OF_EACH_LEVEL


@pytest.mark.parametrize("slug", SLUGS)
def test_all_right_is_advanced_and_all_wrong_is_not(slug: str) -> None:
    found = asked_about(slug)
    asked = found.draw(Random(1))
    right, wrong = {}, {}
    for each in asked:
        question = found.questions[each]
        options = found.options(question, "seed")
        right[each] = options.index(question.right)
        wrong[each] = options.index(question.wrong[0])
    assert outcome(found.marks(asked, right, "seed")).level == "advanced"
    assert outcome(found.marks(asked, wrong, "seed")).level == "beginner"


def test_tries_ask_other_questions_in_another_order_of_answers() -> None:
    found = asked_about("python")
    draws = {tuple(found.draw(Random(seed))) for seed in range(20)}
    assert len(draws) > 10
    question = found.questions["whole-division"]
    orders = {found.options(question, str(seed)) for seed in range(20)}
    assert len(orders) > 5
    assert len({order.index(question.right) for order in orders}) > 2


def test_skill_without_questions_asks_what_one_has_done_and_is_ones_own_word() -> None:
    found = questionnaire("guitar", "Guitar {strings}")
    assert found.basis == "own"
    assert "Guitar {strings}" in found.questions["basics"].text
    asked = found.draw(Random(1))
    assert len(asked) == len(found.questions) == 3 * OF_EACH_LEVEL
    alone = outcome(found.marks(asked, dict.fromkeys(asked, 2), ""))
    helped = outcome(found.marks(asked, dict.fromkeys(asked, 1), ""))
    assert (alone.level, helped.level) == ("advanced", "beginner")


def test_question_that_is_gone_counts_for_nothing() -> None:
    found = asked_about("python")
    assert found.marks(["long-gone"], {"long-gone": 0}, "seed") == []


@given(answers=st.dictionaries(st.integers(0, 8), st.integers(-5, 9)), seed=st.text(max_size=8))
def test_any_answers_can_be_marked(answers: dict[int, int], seed: str) -> None:
    found = asked_about("sql")
    asked = found.draw(Random(0))
    marks = found.marks(asked, {asked[place]: choice for place, choice in answers.items()}, seed)
    assert len(marks) == len(asked)
    assert sum(mark.right for mark in marks) <= len(answers)


@given(MARKS)
def test_one_more_right_answer_never_lowers_anything(marks: list[Mark]) -> None:
    before = outcome(marks)
    for place, mark in enumerate(marks):
        better = [*marks[:place], Mark(mark.level, True), *marks[place + 1 :]]
        after = outcome(better)
        assert after.score >= before.score
        assert LEVELS.index(after.level) >= LEVELS.index(before.level)


@given(MARKS, st.randoms())
def test_order_of_answers_does_not_count(marks: list[Mark], random: Random) -> None:
    shuffled = random.sample(marks, len(marks))
    assert outcome(shuffled) == outcome(marks)


@given(MARKS)
def test_score_is_a_share_and_a_level_asks_for_its_own_questions(marks: list[Mark]) -> None:
    found = outcome(marks)
    assert 0 <= found.score <= 100
    if found.level != "beginner":
        of_level = [mark.right for mark in marks if mark.level == found.level]
        assert 3 * sum(of_level) >= 2 * len(of_level) > 0
