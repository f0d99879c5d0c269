// Files with progress: <div data-upload-url="…" data-upload-name="documents"> around an <input type="file">. Each
// file is sent by itself as multipart field "file" (with the token), the answer is JSON
// {"id","name","size","kind","hash"}; a hidden input with the id joins the form. Without a script the file input is
// part of the form and the server stores it on submit.
import { say, language } from '../words.js';
import { token } from './drafts.js';
import { look, person, renew, signInAgain } from './session.js';

const size = bytes =>
  new Intl.NumberFormat(language, {
    style: 'unit',
    unit: bytes < 1e6 ? 'kilobyte' : 'megabyte',
    maximumFractionDigits: bytes < 1e6 ? 0 : 1
  }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));
const kind = name => (name.split('.').length > 1 ? name.split('.').pop() : '').slice(0, 4);

function line(file) {
  const item = document.createElement('li'),
    parts = [
      ['span', 'tw-files__name', file.name],
      ['span', 'tw-files__facts', size(file.size)]
    ];
  item.dataset.kind = kind(file.name);
  for (const [tag, name, text] of parts) {
    const part = document.createElement(tag);
    part.className = name;
    part.textContent = text;
    item.append(part);
  }
  const progress = document.createElement('progress');
  progress.className = 'tw-meter';
  progress.max = 100;
  progress.value = 0;
  progress.setAttribute('aria-label', file.name);
  item.append(progress);
  return item;
}

function settle(item, box, answer) {
  item.querySelector('progress').remove();
  item.querySelector('.tw-files__facts').textContent = [
    size(answer.size),
    answer.hash ? 'SHA-256 ' + answer.hash.slice(0, 12) + '…' : '',
    say('Uploaded')
  ]
    .filter(Boolean)
    .join(' · ');
  const hidden = document.createElement('input'),
    acts = document.createElement('span'),
    remove = document.createElement('button');
  hidden.type = 'hidden';
  hidden.name = box.dataset.uploadName;
  hidden.value = answer.id;
  acts.className = 'tw-files__acts';
  remove.type = 'button';
  remove.className = 'tw-link-button';
  remove.dataset.uploadRemove = '';
  remove.textContent = say('Remove');
  remove.setAttribute('aria-label', say('Remove') + ' ' + answer.name);
  acts.append(remove);
  item.append(hidden, acts);
}

// Forms that were sent while files were on their way, by what sent them: they go once the files are there.
const waiting = new WeakMap();
const isUploading = form => form.querySelector('.tw-files progress') !== null;

function waitForFiles(form) {
  form.addEventListener(
    'submit',
    event => {
      if (!isUploading(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting.set(form, event.submitter);
    },
    { capture: true }
  );
}

function goOn(form) {
  if (!waiting.has(form) || isUploading(form)) return;
  const submitter = waiting.get(form);
  waiting.delete(form);
  form.requestSubmit(submitter);
}

function send(box, file) {
  const list =
    box.querySelector('.tw-files') ||
    box.insertAdjacentElement('beforeend', Object.assign(document.createElement('ul'), { className: 'tw-files' }));
  const status = box.querySelector('[role="status"]'),
    item = line(file),
    form = box.closest('form'),
    data = new FormData(),
    request = new XMLHttpRequest();
  list.append(item);
  data.append('file', file, file.name);
  request.open('POST', box.dataset.uploadUrl);
  request.setRequestHeader('X-CSRFToken', token(form));
  request.setRequestHeader('Accept', 'application/json');
  request.responseType = 'json';
  request.upload.onprogress = event => {
    if (!event.lengthComputable) return;
    const percent = Math.round((100 * event.loaded) / event.total);
    item.querySelector('progress').value = percent;
    item.querySelector('.tw-files__facts').textContent = `${size(event.loaded)} / ${size(event.total)}`;
    if (status && percent % 25 === 0)
      status.textContent = say('Uploading {name}: {percent}%', { name: file.name, percent });
  };
  const failed = message => {
    item.querySelector('progress')?.remove();
    waiting.delete(form);
    const facts = item.querySelector('.tw-files__facts');
    facts.textContent = message || say('Upload of {name} failed. Try again.', { name: file.name });
    facts.classList.add('tw-checklist__must');
    if (status) status.textContent = `${file.name}: ${facts.textContent}`;
    const again = document.createElement('button');
    again.type = 'button';
    again.className = 'tw-link-button tw-files__acts';
    again.textContent = say('Try again');
    again.setAttribute('aria-label', `${say('Try again')}: ${file.name}`);
    again.addEventListener('click', () => {
      item.remove();
      send(box, file);
    });
    item.append(again);
    if (document.activeElement === document.body) again.focus();
  };
  const toSignIn = async () => {
    const state = await look();
    if (state?.person === person) renew(state);
    if (state && (state.person === person || (await signInAgain()))) {
      item.remove();
      send(box, file);
    } else failed();
  };
  request.onload = () => {
    if (request.status >= 200 && request.status < 300 && request.response?.id) {
      settle(item, box, { name: file.name, size: file.size, ...request.response });
      if (status) status.textContent = `${file.name}: ${say('Uploaded')}`;
      form?.dispatchEvent(new Event('input', { bubbles: true }));
      if (form) goOn(form);
    } else if (request.status === 401) toSignIn();
    else failed(request.response?.message);
  };
  request.onerror = () => failed();
  request.send(data);
}

function gone(box, button, input) {
  const form = box.closest('form');
  button.closest('li').remove();
  input.focus();
  form?.dispatchEvent(new Event('input', { bubbles: true }));
}

// Where files are kept on the server as soon as they are uploaded, they are taken away there too.
async function remove(box, button, input) {
  const item = button.closest('li'),
    status = box.querySelector('[role="status"]');
  button.disabled = true;
  try {
    const answer = await fetch(box.dataset.removeUrl, {
      method: 'POST',
      body: new URLSearchParams({ file: item.querySelector('input[type="hidden"]').value }),
      credentials: 'same-origin',
      headers: { 'X-CSRFToken': token(box.closest('form')), Accept: 'application/json' }
    });
    if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
    gone(box, button, input);
  } catch {
    button.disabled = false;
    if (status)
      status.textContent = say('Could not remove {name}. Try again.', {
        name: item.querySelector('.tw-files__name').textContent
      });
  }
}

// A field of one file takes the last one: what was there goes, unless the server keeps each by itself.
function take(box, input, files) {
  const taken = input.multiple || box.dataset.removeUrl ? [...files] : [...files].slice(-1);
  if (!input.multiple && !box.dataset.removeUrl && taken.length) box.querySelector('.tw-files')?.replaceChildren();
  for (const file of taken) send(box, file);
}

function watch(box) {
  const input = box.querySelector('input[type="file"]'),
    drop = box.querySelector('.tw-drop') || box;
  if (!input || box.dataset.uploadWatched) return;
  box.dataset.uploadWatched = 'yes';
  input.removeAttribute('name'); // the files travel by themselves, only their ids with the form
  input.addEventListener('change', event => {
    event.stopPropagation();
    take(box, input, input.files);
    input.value = '';
  });
  drop.addEventListener('dragover', event => {
    event.preventDefault();
    drop.classList.add('tw-drop--over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('tw-drop--over'));
  drop.addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('tw-drop--over');
    take(box, input, event.dataTransfer.files);
  });
  box.addEventListener('click', event => {
    const button = event.target.closest('[data-upload-remove]');
    if (!button) return;
    event.preventDefault();
    if (box.dataset.removeUrl) remove(box, button, input);
    else gone(box, button, input);
  });
}

export function watchUploads() {
  for (const form of new Set([...document.querySelectorAll('form [data-upload-url]')].map(box => box.closest('form'))))
    waitForFiles(form);
  for (const box of document.querySelectorAll('[data-upload-url]')) watch(box);
  document.addEventListener('tw:rows', event => {
    for (const box of event.target.querySelectorAll('[data-upload-url]')) watch(box);
  });
}
