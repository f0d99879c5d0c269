// A page without a browser, for a spec: `page(html)` before the module that is tested is loaded, since some modules
// read the page as they load. Each file of specs is a process of its own, so each may choose its page's language.
import { JSDOM } from 'jsdom';

const NAMES = [
  'document', 'localStorage', 'location', 'navigator', 'Event', 'CustomEvent', 'FocusEvent', 'FormData', 'File',
  'DOMParser', 'MouseEvent', 'KeyboardEvent'
]; // prettier-ignore

/** Open a page; {window, answers, asked}: what the server is to answer next, and what it was asked. */
export function page(body, { language = 'en', session = '' } = {}) {
  const html = `<html lang="${language}" data-zone="Asia/Shanghai"><head>${session}</head><body>${body}</body></html>`;
  const { window } = new JSDOM(html, { url: 'https://tender.example/tasks/1', pretendToBeVisual: true });
  globalThis.window = window;
  for (const name of NAMES) Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
  for (const name of ['addEventListener', 'removeEventListener']) globalThis[name] = window[name].bind(window);
  const answers = [],
    asked = [];
  globalThis.fetch = async (address, options = {}) => {
    asked.push({ address, ...options });
    const { status = 200, body: said = {} } = answers.shift() ?? {};
    return { status, ok: status < 300, json: async () => said };
  };
  return { window, answers, asked };
}

/** Show `body` on the page that is open. */
export function show(body) {
  document.body.innerHTML = body;
  return document.body.firstElementChild;
}

/** Type into a field, as a person does. */
export function type(field, value) {
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Let everything that waits for nothing but its turn come to an end. */
export const settled = () => new Promise(resolve => setImmediate(() => setImmediate(resolve)));
