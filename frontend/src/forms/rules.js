// Conditional fields: data-rule='{"field": "decision", "equals": "return"}' shows its element while the rule holds.
// `equals`, `in` (a list), `not` (anything but, nothing too), `filled` (true or false), `atLeast`, `atMost`.
// Several rules in a list must all hold. A field inside a hidden element is disabled, so that it is not sent; the
// server decides again.

const number = text => Number(String(text).replace(/[,\s]/g, ''));

function values(form, name) {
  const found = [];
  for (const field of form.elements) {
    if (field.name !== name || (field.disabled && !field.dataset.twOff)) continue;
    if ((field.type === 'checkbox' || field.type === 'radio') && !field.checked) continue;
    found.push(field.type === 'checkbox' && field.value === 'on' ? 'true' : field.value);
  }
  return found;
}

/** Whether `rule` holds for what `form` says now. */
export function holds(rule, form, prefix = '') {
  if (Array.isArray(rule)) return rule.every(one => holds(one, form, prefix));
  let said = values(form, prefix + rule.field);
  if (!said.length && prefix) said = values(form, rule.field);
  const filled = said.some(value => value !== '');
  if ('filled' in rule) return filled === rule.filled;
  if ('equals' in rule)
    return rule.equals === false ? !filled || said.includes('false') : said.includes(String(rule.equals));
  if ('in' in rule) return rule.in.some(value => said.includes(String(value)));
  if ('not' in rule) return !said.includes(String(rule.not));
  if ('atLeast' in rule) return filled && number(said[0]) >= rule.atLeast;
  if ('atMost' in rule) return filled && number(said[0]) <= rule.atMost;
  return true;
}

function apply(form) {
  for (const part of form.querySelectorAll('[data-rule]')) {
    const shown = holds(JSON.parse(part.dataset.rule), form, part.dataset.rulePrefix || '');
    part.hidden = !shown;
  }
  for (const field of form.elements) {
    const off = field.closest('[data-rule][hidden]') !== null;
    if (off && !field.disabled) {
      field.disabled = true;
      field.dataset.twOff = 'yes';
    } else if (!off && field.dataset.twOff) {
      field.disabled = false;
      delete field.dataset.twOff;
    }
  }
}

export function watchRules() {
  for (const part of document.querySelectorAll('[data-rule]')) {
    const form = part.closest('form');
    if (!form || form.dataset.twRules) continue;
    form.dataset.twRules = 'yes';
    for (const event of ['input', 'change', 'tw:rows']) form.addEventListener(event, () => apply(form));
    apply(form);
  }
}
