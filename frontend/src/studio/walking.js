// The canvas by keyboard: from element to element, into the properties and back, connected, room made, several
// selected. Whatever is chosen is chosen from a list; each step is said to a reader. No key works unless the canvas
// has the focus.
import { is } from 'bpmn-js/lib/util/ModelUtil';

const ROOM = 100;
/** Ways to make room: the axis along which all is moved on, and whether that begins before or behind the element. */
const WAYS = {
  right: { title: 'To the right of it', axis: 'x', behind: true },
  left: { title: 'To the left of it', axis: 'x', behind: false },
  below: { title: 'Below it', axis: 'y', behind: true },
  above: { title: 'Above it', axis: 'y', behind: false }
};
const place = (one, other) => one.x - other.x || one.y - other.y;

export default class Walking {
  constructor(injector, eventBus, keyboard, canvas, translate) {
    Object.assign(this, { injector, eventBus, canvas, translate });
    this.byPointer = false;
    keyboard.addListener(2000, ({ keyEvent }) => this.#pressed(keyEvent));
    eventBus.on('canvas.init', ({ svg }) => this.#introduce(svg));
    eventBus.on('selection.changed', ({ newSelection }) =>
      this.#say(newSelection.map(one => this.named(one)).join(', '))
    );
    eventBus.on('commandStack.elements.delete.preExecute', ({ context }) => {
      context.before = this.#before(context.elements);
    });
    eventBus.on('commandStack.elements.delete.postExecuted', ({ context }) => {
      if (!this.byPointer && context.before) this.show(context.before);
      this.#say(this.translate('Deleted'));
    });
    eventBus.on('commandStack.changed', ({ trigger }) => {
      if (trigger === 'undo' || trigger === 'redo') this.#say(this.translate(trigger === 'undo' ? 'Undone' : 'Redone'));
    });
    eventBus.on('directEditing.complete', ({ active }) => active && this.#say(this.named(active.element)));
    canvas.getContainer().addEventListener('keydown', event => this.#leaveList(event), true);
    eventBus.on('popupMenu.close', () => setTimeout(() => document.activeElement === document.body && canvas.focus()));
    const lists = {
      'tw-connect': source => this.#targets(source),
      'tw-room': shape => this.#rooms(shape),
      'tw-select': () => this.#choices()
    };
    eventBus.once('diagram.init', () => {
      for (const [id, entries] of Object.entries(lists))
        this.get('popupMenu').registerProvider(id, { getPopupMenuEntries: entries });
    });
  }

  get(name) {
    return this.injector.get(name);
  }

  /** What a reader hears of an element: its name and what it is. */
  named(element) {
    const { name } = element.businessObject,
      type = this.#type(element);
    const way = element.waypoints ? `: ${this.#called(element.source)} → ${this.#called(element.target)}` : '';
    return name ? `${name} (${type})${way}` : `${type}${way}`;
  }

  #called(element) {
    return element.businessObject.name || this.#type(element);
  }

  #type({ businessObject }) {
    const type = this.translate(businessObject.$type.replace(/^bpmn:/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' '));
    return type.charAt(0) + type.slice(1).toLowerCase();
  }

  #introduce(svg) {
    const hint = document.createElement('p');
    hint.className = 'tw-canvas-keys';
    hint.id = 'tw-canvas-keys';
    for (const [keys, does] of KEYS) {
      const one = document.createElement('span'),
        names = document.createElement('kbd');
      names.textContent = keys;
      one.append(names, ` ${this.translate(does)}`);
      hint.append(one, ' ');
    }
    this.status = document.createElement('p');
    this.status.className = 'govuk-visually-hidden';
    this.status.setAttribute('role', 'status');
    svg.parentNode.append(hint, this.status);
    svg.setAttribute('role', 'application');
    svg.setAttribute('aria-label', this.translate('Diagram'));
    svg.setAttribute('aria-describedby', hint.id);
    svg.addEventListener('pointermove', () => {
      this.byPointer = true;
    });
  }

  #say(text) {
    if (this.status) this.status.textContent = text;
  }

  /**
   * Everything that can be selected on the shown plane, in the order in which the procedure runs: each element,
   * then its ways on.
   */
  order() {
    const root = this.canvas.getRootElement(),
      seen = new Set(),
      found = [];
    const shapes = this.get('elementRegistry')
      .filter(
        one => one.parent && !one.waypoints && !one.labelTarget && !one.hidden && this.canvas.findRoot(one) === root
      )
      .sort(place);
    const starts = shapes.filter(one => !one.incoming.some(flow => is(flow, 'bpmn:SequenceFlow')) && !one.host);
    for (const first of [...starts, ...shapes]) {
      const open = [first];
      while (open.length) {
        const one = open.pop();
        if (!one || seen.has(one) || one.hidden) continue;
        seen.add(one);
        found.push(one);
        if (one.waypoints) open.push(one.target);
        else open.push(...[...(one.attachers || []), ...one.outgoing].reverse());
      }
    }
    return found;
  }

  /** From where to go on when these are deleted: the last element before them. */
  #before(elements) {
    const all = this.order(),
      first = Math.min(...elements.map(one => all.indexOf(one)).filter(at => at >= 0));
    return all
      .slice(0, Number.isFinite(first) ? first : 0)
      .reverse()
      .find(one => !one.waypoints);
  }

  /** Select the next element (`by` 1) or the one before (-1); `also` keeps what is selected. */
  go(by, also = false) {
    const all = this.order(),
      selected = this.get('selection').get(),
      at = all.indexOf(selected.at(-1));
    if (!all.length) return;
    this.show(at < 0 ? all.at(by > 0 ? 0 : -1) : all[(at + by + all.length) % all.length], also);
  }

  show(element, also = false) {
    this.get('selection').select(element, also);
    this.canvas.scrollToElement(element, { top: 80, right: 60, bottom: 80, left: 140 });
  }

  /** The list itself hears Escape only once it has been painted; who is quicker leaves it just as well. */
  #leaveList(event) {
    if (event.key !== 'Escape' || !event.target.closest('.djs-popup') || !this.get('popupMenu').isOpen()) return;
    event.preventDefault();
    event.stopPropagation();
    this.get('popupMenu').close();
    this.canvas.focus();
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.#actOf(event);
    if (!act) return;
    act();
    return true;
  }

  /** What a key does on the canvas; nothing for the keys that it leaves alone. */
  #actOf({ code, key, shiftKey }) {
    const tool = TOOLS[key.toLowerCase()];
    if (['Period', 'Comma', 'Home', 'End'].includes(code) || key.startsWith('Arrow')) this.byPointer = false;
    if (code === 'Period') return () => this.go(1, shiftKey);
    if (code === 'Comma') return () => this.go(-1, shiftKey);
    if (key === 'Home') return () => this.show(this.order().at(0));
    if (key === 'End') return () => this.show(this.order().at(-1));
    if (key === 'Enter') return () => this.openProperties();
    if (key === 'Escape' && !this.#isBusy()) return () => this.get('selection').select(null);
    if (tool && !shiftKey && !this.byPointer) return () => this.use(tool);
  }

  #isBusy() {
    return this.get('dragging').context() || this.get('popupMenu').isOpen();
  }

  /** Do by a list what a tool does with a pointer: `tw-connect`, `tw-room` or `tw-select`. */
  use(list) {
    const chosen = this.get('selection')
      .get()
      .find(one => !one.waypoints);
    if (!chosen && list !== 'tw-select') {
      this.canvas.focus();
      this.#say(this.translate('Select an element first.'));
      return;
    }
    this.open(list, chosen);
  }

  open(list, element) {
    const { left, top, width, height } = (
      element ? this.canvas.getGraphics(element) : this.canvas.getContainer()
    ).getBoundingClientRect();
    const options = { title: this.translate(TITLES[list]), width: 340, search: true };
    this.get('popupMenu').open(
      element || this.canvas.getRootElement(),
      list,
      { x: element ? left + width + 8 : left + width / 3, y: element ? top : top + height / 4 },
      options
    );
  }

  openProperties() {
    const panel = document.querySelector('.bio-properties-panel');
    let arrived = !panel;
    panel?.addEventListener(
      'focusin',
      () => {
        arrived = true;
      },
      { once: true }
    );
    this.eventBus.fire('propertiesPanel.showEntry', { id: 'name' });
    setTimeout(() => {
      if (!arrived) panel.querySelector('button, input, select, textarea, [tabindex="0"]')?.focus();
    }, 50); // what has no name
  }

  #entries(elements, act, extra = () => ({})) {
    return Object.fromEntries(
      elements.map(one => [
        one.id,
        {
          label: this.named(one),
          description: one.id,
          search: one.id,
          action: () => {
            this.get('popupMenu').close();
            act(one);
            this.canvas.focus();
          },
          ...extra(one)
        }
      ])
    );
  }

  #targets(source) {
    const allowed = target => this.get('rules').allowed('connection.create', { source, target });
    const targets = this.order().filter(one => one !== source && !one.waypoints && allowed(one));
    return this.#entries(targets, target => {
      const made = this.get('modeling').connect(source, target, allowed(target));
      this.#say(this.named(made));
    });
  }

  #choices() {
    const chosen = this.get('selection').get();
    return this.#entries(
      this.order().filter(one => !chosen.includes(one)),
      one => this.show(one, true)
    );
  }

  #rooms(shape) {
    return Object.fromEntries(
      Object.entries(WAYS).map(([id, way]) => [
        id,
        {
          label: this.translate(way.title),
          action: () => {
            this.get('popupMenu').close();
            this.#makeRoom(shape, way);
            this.canvas.focus();
          }
        }
      ])
    );
  }

  #makeRoom(shape, { axis, behind }) {
    const tool = this.get('spaceTool'),
      root = this.canvas.getRootElement(),
      size = axis === 'x' ? 'width' : 'height';
    const start = shape[axis] + (behind ? shape[size] + 1 : -1),
      delta = { x: 0, y: 0, [axis]: ROOM };
    const { movingShapes, resizingShapes } = tool.calculateAdjustments(
      this.get('elementRegistry').filter(one => this.canvas.findRoot(one) === root && one !== root),
      axis,
      ROOM,
      start
    );
    tool.makeSpace(movingShapes, resizingShapes, delta, axis === 'x' ? 'e' : 's', start);
  }
}
const TOOLS = { c: 'tw-connect', s: 'tw-room', l: 'tw-select' };
const TITLES = {
  'tw-connect': 'Connect to other element',
  'tw-room': 'Make room',
  'tw-select': 'Select another element too'
};
const KEYS = [
  ['. ,', 'next, previous'],
  ['Enter', 'properties'],
  ['A', 'append'],
  ['C', 'connect'],
  ['S', 'make room'],
  ['L', 'select more'],
  ['← ↑ → ↓', 'move'],
  ['Delete', 'delete'],
  ['Ctrl+Z', 'undo']
];
Walking.$inject = ['injector', 'eventBus', 'keyboard', 'canvas', 'translate'];
