// The scripts come after the page, on a slow line many seconds after it. What somebody typed, chose or reached with
// the Tab key until then is taken up as if it came now: it is saved as a draft, kept and reckoned with like
// everything that comes later.
import { forms } from './typed.js';

function changed(field) {
  if (field.type === 'file') return field.files.length > 0;
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  if (field.type === 'select-multiple')
    return [...field.options].some(option => option.selected !== option.defaultSelected);
  if (field.type === 'select-one')
    return (
      field.selectedIndex !==
      Math.max(
        [...field.options].findLastIndex(option => option.defaultSelected),
        0
      )
    );
  return field.type !== 'hidden' && 'defaultValue' in field && field.value !== field.defaultValue;
}

export function takeUpWhatCameFirst() {
  for (const form of forms()) {
    for (const field of [...form.elements].filter(changed)) {
      for (const event of field.type === 'file' ? ['change'] : ['input', 'change'])
        field.dispatchEvent(new Event(event, { bubbles: true }));
    }
  }
  const here = document.activeElement;
  if (here && here !== document.body) here.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
}
