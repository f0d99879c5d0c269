// A confirmation where an act can't be undone: data-confirm="What happens" on a button or form, with
// data-confirm-title and data-confirm-yes if wanted. A native <dialog>: focus goes in and comes back, Escape says
// no. [data-opens="id"] opens a dialog of the page.
import { say } from '../words.js';

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Ask; resolves to true when the person says yes. */
export function ask({ title, text, yes, warning }) {
  return new Promise(resolve => {
    const accept = element(
      'button',
      { class: 'govuk-button' + (warning ? ' govuk-button--warning' : ''), value: 'yes' },
      yes || say('Continue')
    );
    const dialog = element(
      'dialog',
      {
        class: 'tw-dialog' + (warning ? ' tw-dialog--warning' : ''),
        'aria-labelledby': 'tw-dialog-title',
        'aria-describedby': 'tw-dialog-text'
      },
      element(
        'form',
        { method: 'dialog' },
        element('h2', { id: 'tw-dialog-title' }, title || say('Are you sure?')),
        element('p', { id: 'tw-dialog-text' }, text),
        element(
          'div',
          { class: 'tw-acts' },
          accept,
          element('button', { class: 'tw-link-button', value: 'no', autofocus: '' }, say('Cancel'))
        )
      )
    );
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes');
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function watchDialogs() {
  document.addEventListener(
    'submit',
    async event => {
      const form = event.target,
        button = event.submitter,
        asks = button?.dataset.confirm !== undefined ? button : form.dataset.confirm !== undefined ? form : null;
      if (!asks || form.dataset.twConfirmed) {
        delete form.dataset.twConfirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const { confirm, confirmTitle, confirmYes, confirmWarning } = asks.dataset;
      if (
        !(await ask({
          title: confirmTitle,
          text: confirm,
          yes: confirmYes || button?.textContent.trim(),
          warning: confirmWarning !== undefined
        }))
      )
        return;
      form.dataset.twConfirmed = 'yes';
      // Answered: the server needn't ask on a page of its own.
      if (button?.name === '_ask') button.removeAttribute('name');
      form.requestSubmit(button);
    },
    true
  );
  document.addEventListener('click', event => {
    const opener = event.target.closest('[data-opens]'),
      dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
  });
}
