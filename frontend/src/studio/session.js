// One editing session: load, save, check, propose; what the server finds; leaving with changes. The same for
// diagrams and decisions.
import { say, clockTime, countFindings } from '../words.js';
import { ask } from '../forms/dialogs.js';

export class Session {
  /**
   * `editor`: {xml(): Promise<string>, findings(list), warnings(): string[]}; `box` carries the addresses as data
   * attributes.
   */
  constructor(box, editor) {
    this.box = box;
    this.editor = editor;
    this.version = box.dataset.version || '';
    this.changes = 0;
    this.kept = 0;
    this.status = document.querySelector('[data-studio-status]');
    const acts = { save: () => this.save(), check: () => this.check(), propose: () => this.propose() };
    for (const button of document.querySelectorAll('[data-studio]')) {
      if (!acts[button.dataset.studio]) continue;
      if (!box.dataset[`${button.dataset.studio}Url`]) {
        button.hidden = true;
        continue;
      }
      button.addEventListener('click', acts[button.dataset.studio]);
    }
    addEventListener('beforeunload', event => {
      if (this.changes !== this.kept && box.dataset.saveUrl) event.preventDefault();
    });
    document.addEventListener('keydown', event => {
      if (event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        if (box.dataset.saveUrl) this.save();
      }
    });
  }

  async load() {
    const answer = await fetch(this.box.dataset.xmlUrl, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`${answer.status}`);
    this.version ||= answer.headers.get('X-Version') || '';
    return answer.text();
  }

  changed() {
    this.changes += 1;
    this.tell('unsaved', say('Not saved yet'));
  }

  tell(state, text) {
    if (!this.status) return;
    this.status.classList.add('tw-saved');
    this.status.dataset.state = state;
    this.status.textContent = text;
  }

  async send(method, address) {
    const answer = await fetch(address, {
      method,
      body: await this.editor.xml(),
      credentials: 'same-origin',
      headers: {
        'Content-Type': 'application/xml',
        Accept: 'application/json',
        'X-CSRFToken': this.box.dataset.csrf || document.querySelector('meta[name="csrf-token"]')?.content || '',
        'X-Seen-Version': this.version
      }
    });
    const said = await answer.json().catch(() => ({}));
    if (answer.status === 409)
      throw new Error(
        said.message || say('Someone has changed this since you opened it. Copy what you need and reload the page.')
      );
    if (!answer.ok && !said.findings)
      throw new Error(said.message || say('Could not save. What you typed is still here.'));
    return said;
  }

  found(said) {
    const findings = said.findings || [];
    this.editor.findings(findings);
    this.box.dispatchEvent(new CustomEvent('tw:findings', { bubbles: true, detail: said }));
    return findings;
  }

  /**
   * Save the draft after any save that is still under way; resolves to the server's answer, or null when it could
   * not be saved.
   */
  save() {
    this.saving = (this.saving || Promise.resolve()).then(() => this.saveNow());
    return this.saving;
  }

  async saveNow() {
    const lost = this.editor.warnings();
    if (
      lost.length &&
      !this.warned &&
      !(await ask({
        title: say('Parts of this file are not understood and would be lost by saving:'),
        text: lost.join(' · '),
        yes: say('Save anyway'),
        warning: true
      }))
    )
      return null;
    this.warned = true;
    const before = this.changes;
    this.tell('saving', say('Saving…'));
    try {
      const said = await this.send('PUT', this.box.dataset.saveUrl);
      this.kept = before;
      this.version = said.version ?? this.version;
      const findings = this.found(said),
        time = clockTime(new Date());
      this.tell(
        tone(findings, 'saved'),
        findings.length
          ? `${say('Draft saved {time}', { time })} · ${countFindings(findings)}`
          : say('Draft saved {time}', { time })
      );
      this.box.dispatchEvent(new CustomEvent('tw:saved', { bubbles: true, detail: said }));
      return said;
    } catch (problem) {
      this.tell('failed', problem.message);
      return null;
    }
  }

  async check() {
    const kept = this.changes === this.kept;
    this.tell('saving', say('Checking…'));
    try {
      const findings = this.found(await this.send('POST', this.box.dataset.checkUrl));
      this.tell(
        tone(findings, kept ? 'saved' : 'unsaved'),
        kept ? countFindings(findings) : `${countFindings(findings)} · ${say('Not saved yet')}`
      );
    } catch (problem) {
      this.tell('failed', problem.message);
    }
  }

  async propose() {
    const said = await this.save();
    if (said && !(said.findings || []).some(one => one.level === 'error')) location.assign(this.box.dataset.proposeUrl);
  }
}

/** A state's tone: what is wrong in the file comes before whether it is kept. */
const tone = (findings, state) =>
  findings.some(one => one.level === 'error') ? 'wrong' : findings.length ? 'doubtful' : state;

/**
 * The JSON list at `address`, or an empty one when there is no address. A list that can't be read is no reason not
 * to draw.
 */
export async function list(address) {
  if (!address) return [];
  try {
    const answer = await fetch(address, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}
