"""On-call: who is interrupted when, do shifts keep their limit, how fast are incidents answered?"""
