"""What spans, their events and log records say that judges said: evaluators, guards, annotations, scores.

One file per way to say it; each returns `Judgement`s. Whom they are about, and which events that makes, is `verdicts`'.
"""
