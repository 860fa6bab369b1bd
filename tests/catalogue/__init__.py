"""The catalogues of the languages: what sources say, what a language says in its place, and the files made of both.

`python -m tests.catalogue` brings `locale/*/LC_MESSAGES/django.po` up to date and makes the rest from it. It needs
nothing but the test requirements: Babel reads Python and scripts, Django's own parser reads templates.
"""
