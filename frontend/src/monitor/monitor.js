import { fitOnPaper } from '../studio/paper.js';
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import { drawing, propertiesOf, settle, speak } from '../studio/view.js';
import { say } from '../words.js';

/** What an element that the diagram doesn't name is called, by the end of its type. */
const UNNAMED = {
  StartEvent: 'Start',
  EndEvent: 'End',
  Event: 'Event',
  EventBasedGateway: 'Whatever comes first',
  Gateway: 'Fork or join'
};
const unnamed = shape => say(UNNAMED[Object.keys(UNNAMED).find(end => shape.type.endsWith(end))] || shape.id);
const KINDS = {
  incident: 'Stopped by an incident',
  task: 'Waiting for a person',
  timer: 'Waiting for a time',
  message: 'Waiting for a message',
  running: 'Running'
};
const GLYPHS = { zoomIn: 'M7 3v8M3 7h8', zoomOut: 'M3 7h8', all: 'M2 5V2h3M9 2h3v3M12 9v3H9M5 12H2V9' };

/** The kind that a shape shows of all the tokens at it: the most pressing. */
const kindOf = tokens => Object.keys(KINDS).find(kind => tokens.some(token => token.kind === kind));
const isContainer = shape => shape.children?.some(child => !child.labelTarget) || /Lane|Participant/.test(shape.type);

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export class Monitor {
  constructor(box) {
    this.box = box;
    this.language = (box.dataset.lang || document.documentElement.lang).startsWith('zh') ? 'zh' : 'en';
    this.viewer = new Viewer({ container: box, moddleExtensions: { zeebe }, ...drawing });
    this.canvas = this.viewer.get('canvas');
    fitOnPaper(this.canvas);
    this.registry = this.viewer.get('elementRegistry');
    this.overlays = this.viewer.get('overlays');
    this.facts = document.getElementById(box.dataset.facts || '');
    this.state = { tokens: [], completed: [], flows: [], called: {} };
    this.viewer.on('import.parse.complete', ({ definitions }) => {
      if (definitions) speak(definitions, this.language);
    });
    this.viewer.on('canvas.viewbox.changed', () => this.#lanes());
    this.viewer.on('element.click', ({ element: shape }) => this.choose(shape.labelTarget || shape));
  }

  async open() {
    try {
      const answer = await fetch(this.box.dataset.xmlUrl, { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(String(answer.status));
      await this.viewer.importXML(await answer.text());
    } catch (problem) {
      this.box.append(
        element('p', 'tw-canvas__problem', `${say('The diagram could not be loaded.')} ${problem.message}`)
      );
      return;
    }
    this.#label();
    this.#tools();
    await this.refresh();
    this.look();
    this.box.dataset.ready = 'yes';
    const seconds = Number(this.box.dataset.refresh);
    if (seconds && this.box.dataset.stateUrl)
      setInterval(() => {
        if (!document.hidden) this.refresh();
      }, seconds * 1000);
  }

  /** Ask the server where the case is now, and draw it if that has changed. */
  async refresh() {
    if (!this.box.dataset.stateUrl) return;
    try {
      const answer = await fetch(this.box.dataset.stateUrl, {
        credentials: 'same-origin',
        headers: { Accept: 'application/json' }
      });
      if (!answer.ok) return;
      const text = await answer.text();
      if (text === this.text) return;
      this.text = text;
      this.state = { tokens: [], completed: [], flows: [], called: {}, ...JSON.parse(text) };
      this.draw();
    } catch {
      /* the line is down: what is drawn stays, the next turn asks again */
    }
  }

  draw() {
    const open = new Map();
    for (const token of this.state.tokens) open.set(token.element, [...(open.get(token.element) || []), token]);
    this.done = new Set(this.state.completed);
    this.taken = new Set(this.state.flows);
    this.overlays.clear();
    for (const shape of this.registry.getAll()) if (!shape.labelTarget) this.#paint(shape, open.get(shape.id));
    this.#steps(open);
    this.#key(Object.values(this.state.stages || {}));
    if (this.chosen) this.choose(this.chosen, true);
  }

  /** A shape in the colours of what has come of it; `here` are the tokens that stand at it. */
  #paint(shape, here) {
    const kind = here && kindOf(here);
    for (const name of Object.keys(KINDS)) this.#mark(shape, `tw-at-${name}`, kind === name);
    if (shape.waypoints) {
      this.#mark(shape, 'tw-taken', this.taken.has(shape.id));
      this.#mark(shape, 'tw-untaken', !this.taken.has(shape.id));
    }
    if (!isContainer(shape)) this.#paintProgress(shape, here);
    if (here) this.#token(shape, kind, here);
    if (this.state.called[shape.id]) this.#door(shape, this.state.called[shape.id]);
  }

  #paintProgress(shape, here) {
    const isDone = this.done.has(shape.id),
      isToCome = !isDone && !here,
      stage = this.state.stages?.[propertiesOf(shape.businessObject).stage];
    this.#mark(shape, 'tw-done', isDone && !here);
    if (shape.waypoints) return;
    this.#mark(shape, 'tw-to-come', isToCome);
    if (stage) this.#mark(shape, `tw-phase-${stage.phase}`, isToCome);
  }

  /** Where to look first: all of it if it can be read, else where the tokens are. */
  look() {
    const shapes = this.state.tokens
      .map(token => this.registry.get(token.element))
      .filter(shape => shape && shape.width);
    const around = this.box.dataset.focus === 'tokens' &&
      shapes.length && {
        x: Math.min(...shapes.map(one => one.x)),
        y: Math.min(...shapes.map(one => one.y)),
        width: Math.max(...shapes.map(one => one.x + one.width)) - Math.min(...shapes.map(one => one.x)),
        height: Math.max(...shapes.map(one => one.y + one.height)) - Math.min(...shapes.map(one => one.y))
      };
    const wide = around && around.width > this.canvas.viewbox().outer.width / 0.75;
    settle(this.canvas, { least: 0.75, around: (around && (wide ? shapes[0] : around)) || undefined });
  }

  choose(shape, again = false) {
    if (shape === this.canvas.getRootElement()) shape = null;
    if (this.chosen) this.#mark(this.chosen, 'tw-chosen', false);
    this.chosen = shape;
    if (shape) this.#mark(shape, 'tw-chosen', true);
    if (!again)
      this.box.dispatchEvent(new CustomEvent('tw:chosen', { bubbles: true, detail: { element: shape?.id ?? null } }));
    if (!this.facts) return;
    this.facts.replaceChildren(...(shape ? [this.#factsOf(shape)] : []));
  }

  #name(shape) {
    return shape.businessObject.name?.replace(/\s+/g, ' ') || unnamed(shape);
  }

  #factsOf(shape) {
    const tokens = this.state.tokens.filter(token => token.element === shape.id),
      box = element('div', 'tw-panel tw-monitor-facts'),
      list = element('dl', 'tw-facts');
    const row = (term, ...values) => {
      const pair = element('div'),
        value = element('dd');
      value.append(...values);
      pair.append(element('dt', '', term), value);
      list.append(pair);
    };
    row(say('State'), [this.#stateOf(shape, tokens), ...tokens.map(token => token.label).filter(Boolean)].join(' · '));
    for (const [term, value] of this.state.facts?.[shape.id] || []) row(term, value);
    const lane = this.registry.find(
      one => one.type === 'bpmn:Lane' && one.businessObject.flowNodeRef?.includes(shape.businessObject)
    );
    if (lane && !this.state.facts?.[shape.id]) row(say('Done by'), this.#name(lane));
    const { law } = propertiesOf(shape.businessObject);
    if (law) row(say('Legal basis'), law);
    box.append(element('h3', '', this.#name(shape)), list);
    this.#linksOf(shape, box);
    return box;
  }

  #stateOf(shape, tokens) {
    if (tokens.length) return [...new Set(tokens.map(token => say(KINDS[token.kind] || 'Running')))].join(', ');
    return say(this.state.completed.includes(shape.id) ? 'Done' : 'Not reached yet');
  }

  /** Ways on from a shape: to its own page, and into the process that it calls. */
  #linksOf(shape, box) {
    const ways = [
      [this.state.links?.[shape.id], this.#name(shape)],
      [this.state.called[shape.id], say('Opens a called process')]
    ];
    for (const [address, words] of ways.filter(([address]) => address)) {
      const link = element('a', 'govuk-link', words),
        line = element('p');
      link.href = address;
      line.append(link);
      box.append(line);
    }
  }

  #mark(shape, name, on) {
    if (on === this.canvas.hasMarker(shape, name)) return;
    if (on) this.canvas.addMarker(shape, name);
    else this.canvas.removeMarker(shape, name);
  }

  #token(shape, kind, tokens) {
    const count = tokens.reduce((sum, token) => sum + (token.count ?? 1), 0),
      label = tokens
        .map(token => token.label)
        .filter(Boolean)
        .join(' · ');
    const badge = element('div', `tw-token tw-token--${kind}`, label || (count > 1 ? String(count) : ''));
    const right = element('div', 'tw-token-right');
    right.append(badge);
    badge.title = say(KINDS[kind]);
    badge.addEventListener('click', () => this.choose(shape));
    this.overlays.add(shape, 'token', {
      position: shape.width > 60 ? { top: -18, right: 6 } : { top: -14, left: shape.width - 9 },
      html: shape.width > 60 ? right : badge,
      show: { minZoom: 0.15 }
    });
  }

  #door(shape, address) {
    const link = element('a', 'tw-door', '↗');
    link.href = address;
    link.title = say('Opens a called process');
    link.setAttribute('aria-label', `${link.title}: ${this.#name(shape)}`);
    this.overlays.add(shape, 'door', { position: { bottom: 24, right: 24 }, html: link, scale: { min: 1 } });
  }

  /** The names of the lanes stay at the left edge while their own are out of sight. */
  #lanes() {
    this.lanes ||= this.box.appendChild(element('div', 'tw-lanes'));
    this.lanes.setAttribute('aria-hidden', 'true');
    const view = this.canvas.viewbox(),
      root = this.canvas.getRootElement();
    const hidden = this.registry.filter(
      shape =>
        shape.type === 'bpmn:Lane' &&
        shape.businessObject.name &&
        this.canvas.findRoot(shape) === root &&
        shape.x < view.x - 1
    );
    this.lanes.replaceChildren(
      ...hidden.map(shape => {
        const top = Math.max(0, (shape.y - view.y) * view.scale),
          bottom = Math.min(view.outer.height, (shape.y + shape.height - view.y) * view.scale),
          name = element('span', 'tw-lanes__name', this.#name(shape));
        Object.assign(name.style, { top: `${top}px`, height: `${Math.max(0, bottom - top)}px` });
        name.hidden = bottom - top < 24;
        return name;
      })
    );
  }

  /**
   * The same for the keyboard and for those who don't see the drawing: what is open now, as buttons below the
   * canvas.
   */
  #steps(open) {
    this.steps ||= this.box.insertAdjacentElement('afterend', element('ul', 'tw-monitor-steps'));
    this.steps.setAttribute('aria-label', say('Current position'));
    this.steps.replaceChildren(
      ...[...open].map(([id, tokens]) => {
        const shape = this.registry.get(id),
          item = element('li'),
          kind = kindOf(tokens) || 'running';
        if (!shape) {
          item.hidden = true;
          return item;
        }
        const button = element('button', `tw-step tw-step--${kind}`),
          words = tokens
            .map(token => token.label)
            .filter(Boolean)
            .join(' · ');
        button.type = 'button';
        button.append(
          element('strong', '', this.#name(shape)),
          element('span', '', [say(KINDS[kind]), words].filter(Boolean).join(' · '))
        );
        button.addEventListener('click', () => {
          this.#turnTo(shape);
          this.choose(shape);
        });
        item.append(button);
        return item;
      })
    );
  }

  /** Which tint is which stage; only where the server names the stages. */
  #key(stages) {
    if (!stages.length) return;
    this.key ||= this.steps.insertAdjacentElement('beforebegin', element('ul', 'tw-canvas-key'));
    this.key.replaceChildren(
      ...stages.map(stage => element('li', `tw-stage-key tw-stage-key--${stage.phase}`, stage.name))
    );
  }

  #turnTo(shape) {
    const root = this.canvas.findRoot(shape);
    if (root && root !== this.canvas.getRootElement()) this.canvas.setRootElement(root);
    if (this.canvas.zoom() < 0.6) this.canvas.zoom(0.85, { x: 0, y: 0 });
    this.canvas.scrollToElement(shape, { top: 90, bottom: 90, left: 140, right: 140 });
  }

  /** One picture with a name for who doesn't see it: the page gives its steps in words. */
  #label() {
    const picture = this.box.querySelector('.djs-container > svg');
    picture.setAttribute('role', 'img');
    picture.setAttribute('aria-label', this.box.getAttribute('aria-label') || '');
  }

  #tools() {
    const bar = element('div', 'tw-monitor-tools'),
      zoom = this.viewer.get('zoomScroll');
    const acts = [
      ['zoomIn', 'Zoom in', () => zoom.stepZoom(1)],
      ['zoomOut', 'Zoom out', () => zoom.stepZoom(-1)],
      ['all', 'Show all', () => settle(this.canvas, { least: 0 })]
    ];
    for (const [glyph, words, act] of acts) {
      const button = element('button'),
        picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg'),
        path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      button.type = 'button';
      button.title = say(words);
      button.setAttribute('aria-label', button.title);
      picture.setAttribute('viewBox', '0 0 14 14');
      picture.setAttribute('aria-hidden', 'true');
      path.setAttribute('d', GLYPHS[glyph]);
      picture.append(path);
      button.append(picture);
      button.addEventListener('click', act);
      bar.append(button);
    }
    this.box.append(bar);
  }
}
