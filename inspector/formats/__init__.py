"""How values that a template writes without a filter look: the same in every language.

Each language of the settings has a folder here with the numbers of English: figures are compared with exports, with
the API and between people, and a number in an attribute is read by a browser.
"""
