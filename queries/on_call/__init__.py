"""On-call: who is interrupted when, do shifts keep their limit, how fast are incidents answered?"""

from queries.on_call import limits, load, response

QUESTIONS = (*load.QUESTIONS, *limits.QUESTIONS, *response.QUESTIONS)
