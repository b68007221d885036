"""Whether a click would reach its element, asked in one short look."""

from playwright.async_api import Locator

# An element in a shadow tree is found by its host: then the answer is no, and others look closer.
_WITHIN_REACH = """([element, ...others]) => {
  if (!element || others.length) return false;
  element.scrollIntoView({block: 'nearest', inline: 'nearest'});
  const {left, top, width, height} = element.getBoundingClientRect();
  const met = document.elementFromPoint(left + width / 2, top + height / 2);
  return Boolean(met) && element.contains(met) && !element.matches(':disabled');
}"""


async def is_within_reach(element: Locator) -> bool:
    """Whether nothing lies over the middle of the element, and it is not disabled.

    Far cheaper than a trial click, which waits for the element to come and to stand still:
    a no only asks for a closer look.
    """
    answer: bool = await element.evaluate_all(_WITHIN_REACH)
    return answer
