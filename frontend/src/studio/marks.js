// The server's findings as marks on their elements: a triangle for errors, a diamond for warnings.
import { say } from '../words.js';

export class Marks {
  constructor(modeler) {
    this.overlays = modeler.get('overlays');
    this.canvas = modeler.get('canvas');
    this.registry = modeler.get('elementRegistry');
    this.selection = modeler.get('selection');
    // The finding may be mended: the next check says.
    modeler.on('element.changed', ({ element }) => this.clear(element.id));
  }

  show(findings) {
    this.overlays.remove({ type: 'finding' });
    for (const shape of this.registry.getAll())
      for (const level of ['error', 'warning'])
        if (this.canvas.hasMarker(shape, `tw-${level}`)) this.canvas.removeMarker(shape, `tw-${level}`);
    const byElement = findings.reduce(
      (map, one) => map.set(one.element, [...(map.get(one.element) || []), one]),
      new Map()
    );
    for (const [id, here] of byElement) {
      const shape = id && this.registry.get(id);
      if (!shape || shape === this.canvas.getRootElement()) continue;
      const level = here.some(one => one.level === 'error') ? 'error' : 'warning',
        mark = document.createElement('button');
      mark.type = 'button';
      mark.className = `tw-mark tw-mark--${level}`;
      mark.title = here.map(one => one.message).join('\n');
      mark.setAttribute('aria-label', `${say(level === 'error' ? 'Error' : 'Warning')}: ${mark.title}`);
      mark.addEventListener('click', () => this.go(id));
      this.overlays.add(shape, 'finding', {
        position: shape.waypoints ? { top: -10, left: -10 } : { top: -11, left: -11 },
        html: mark,
        show: { minZoom: 0.2 }
      });
      this.canvas.addMarker(shape, `tw-${level}`);
    }
  }

  clear(id) {
    if (!this.overlays.get({ element: id, type: 'finding' }).length) return;
    this.overlays.remove({ element: id, type: 'finding' });
    for (const level of ['error', 'warning']) this.canvas.removeMarker(id, `tw-${level}`);
  }

  /** Show and choose the element, on whichever plane it lies. */
  go(id) {
    const shape = id && this.registry.get(id);
    if (!shape) return;
    document.activeElement?.blur(); // a panel field that has the focus would keep the old element
    const root = this.canvas.findRoot(shape);
    if (root && root !== this.canvas.getRootElement()) this.canvas.setRootElement(root);
    if (shape === root) {
      this.selection.select(null);
      return;
    }
    this.canvas.scrollToElement(shape, { top: 80, bottom: 160, left: 120, right: 120 });
    this.selection.select(shape);
  }
}
