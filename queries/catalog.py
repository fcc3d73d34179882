"""The register of questions, in the order of the pages that ask them."""

from queries import usage
from queries.question import Question

QUESTIONS: dict[str, Question] = {
    question.name: question for area in (usage,) for question in area.QUESTIONS
}
