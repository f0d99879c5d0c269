// What the server found, as a list that leads to the element. The marks on the canvas are the editor's own matter.
import { say, countFindings } from '../words.js';

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * Draw `findings` (null: nothing was checked yet) into the dock `box`; `go(id)` is called with the element of the
 * one that is chosen. Errors first.
 */
export function drawFindings(box, findings, go) {
  if (!box) return;
  const items = [...(findings || [])]
    .sort((a, b) => (a.level === 'error' ? 0 : 1) - (b.level === 'error' ? 0 : 1))
    .map(one => {
      const level = say(one.level === 'error' ? 'Error' : 'Warning');
      const where = element('span', 'tw-findings__where', one.name || one.element || say('The whole diagram'));
      if (one.element && one.name) where.append(' ', element('code', '', one.element));
      const button = element(
        'button',
        `tw-findings__item tw-findings__item--${one.level}`,
        element('span', '', element('span', 'govuk-visually-hidden', level + ': '), where, ' — ', one.message)
      );
      button.type = 'button';
      button.addEventListener('click', () => go(one.element));
      return element('li', '', button);
    });
  box.replaceChildren(
    element('p', 'tw-findings__head', findings ? countFindings(findings) : say('Not checked yet')),
    element('ul', '', ...items)
  );
}
