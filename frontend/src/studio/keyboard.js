import Walking from './walking.js';

// The palette by keyboard: its entries are buttons in the order of Tab; what is created by a key press is put on
// the canvas at once, after the selected element where one is selected, since without a pointer it couldn't be set
// down.
class Keyboard {
  constructor(eventBus, palette, create, modeling, selection, canvas, registry, autoPlace, rules, walking) {
    Object.assign(this, { modeling, selection, canvas, registry, autoPlace, rules, walking });
    this.pressed = false;
    eventBus.on('palette.changed', () => this.#buttons(palette));
    eventBus.on('diagram.init', () => setTimeout(() => this.#buttons(palette)));
    document.addEventListener(
      'keydown',
      event => {
        this.pressed = ['Enter', ' '].includes(event.key);
      },
      true
    );
    document.addEventListener(
      'pointerdown',
      () => {
        this.pressed = false;
      },
      true
    );
    const start = create.start;
    create.start = (event, elements, context) =>
      this.pressed ? this.#put([].concat(elements), context) : start.call(create, event, elements, context);
  }

  #buttons(palette) {
    const container = palette._container;
    if (!container) return;
    for (const entry of container.querySelectorAll('.entry')) {
      entry.tabIndex = 0;
      entry.setAttribute('role', 'button');
      if (!entry.getAttribute('aria-label')) entry.setAttribute('aria-label', entry.title);
    }
    if (container.dataset.twKeys) return;
    container.dataset.twKeys = 'yes';
    container.addEventListener('keydown', event => {
      const entry = ['Enter', ' '].includes(event.key) && event.target.closest('.entry');
      if (!entry) return;
      event.preventDefault();
      event.stopPropagation();
      if (entry.dataset.action in LISTS) {
        this.walking.use(LISTS[entry.dataset.action]);
        return;
      }
      palette.trigger('click', Object.assign(new MouseEvent('click', place(entry)), { delegateTarget: entry }));
      container.querySelector(`[data-action="${entry.dataset.action}"]`)?.focus();
    });
  }

  #put(elements, context) {
    const [first] = elements,
      [chosen] = this.selection.get();
    this.pressed = false;
    if (
      elements.length === 1 &&
      chosen &&
      !chosen.waypoints &&
      this.rules.allowed('shape.append', { element: chosen }) !== false &&
      first.businessObject?.$instanceOf?.('bpmn:FlowNode')
    ) {
      this.autoPlace.append(chosen, first, context?.hints);
      return;
    }
    const { x, y, width, height } = this.canvas.viewbox(),
      at = { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
    const made = this.modeling.createElements(elements, at, this.#below(at), context?.hints);
    this.selection.select(made[0]);
  }

  /** The innermost pool or opened subprocess at a place, or the diagram. */
  #below(at) {
    const holders = this.registry.filter(
      one =>
        /Participant|SubProcess/.test(one.type) &&
        !one.labelTarget &&
        !one.collapsed &&
        !one.hidden &&
        at.x > one.x &&
        at.x < one.x + one.width &&
        at.y > one.y &&
        at.y < one.y + one.height
    );
    return (
      holders.sort((a, b) => a.width * a.height - b.width * b.height)[0] ||
      this.registry.find(one => one.type === 'bpmn:Participant') ||
      this.canvas.getRootElement()
    );
  }
}
const place = entry => {
  const { left, top, width, height } = entry.getBoundingClientRect();
  return { bubbles: true, clientX: left + width / 2, clientY: top + height / 2 };
};
/** What takes the place of a tool that needs two places, when it is chosen by a key. */
const LISTS = { 'global-connect-tool': 'tw-connect', 'space-tool': 'tw-room', 'lasso-tool': 'tw-select' };
Keyboard.$inject = [
  'eventBus',
  'palette',
  'create',
  'modeling',
  'selection',
  'canvas',
  'elementRegistry',
  'autoPlace',
  'rules',
  'tenderwayWalking'
];
export default {
  __init__: ['tenderwayWalking', 'tenderwayKeyboard'],
  tenderwayWalking: ['type', Walking],
  tenderwayKeyboard: ['type', Keyboard]
};
