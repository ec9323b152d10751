"""Words in templates: `{% say "board.title" %}` in the page's language, `{{ words|in_language:language }}` of a plan.

Also `{% asset "style.css" %}`, the address of a file under its content's hash.
"""

from django import template
from django.template import Context

from dutyroom.core.words import Words
from dutyroom.web.assets import asset_url
from dutyroom.wording import say as say_words

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Context, code: str, /, **fields: object) -> str:
    """The sentence of the code in the page's language."""
    return say_words(code, str(context.get("language", "zh")), **fields)


@register.simple_tag
def say_in(language: str, code: str, /, **fields: object) -> str:
    """The sentence in one language, for what hangs on a wall in both."""
    return say_words(code, language, **fields)


@register.simple_tag
def asset(name: str) -> str:
    """Where the style sheet or script is served."""
    return asset_url(name)


@register.filter
def in_language(words: Words, language: str) -> str:
    """The plan's own words in the language."""
    return words.in_language(language)
