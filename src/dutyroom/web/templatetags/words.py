"""Words in templates: `{% say "board.title" %}` in the page's language, `{{ words|in_language:language }}` of a plan.

Also `{% asset "style.css" %}`, the address of a file under its content's hash.
"""

import re

from django import template
from django.template import Context
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

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


@register.filter
def marked(text: str, query: str) -> SafeString:
    """The text with the words that are looked for marked; everything in it is escaped."""
    words = [re.escape(word) for word in str(query).split()]
    if not words:
        return escape(text)
    pieces = re.split(f"({'|'.join(words)})", str(text), flags=re.IGNORECASE)
    shown = (f"<mark>{escape(one)}</mark>" if at % 2 else escape(one) for at, one in enumerate(pieces))
    return mark_safe("".join(shown))  # noqa: S308 - every piece of it was escaped above
