// How a diagram first stands on the canvas, and the type it is written in.

const FAMILY =
  '"IBM Plex Sans Variable", "Segoe UI", "PingFang SC", "Microsoft YaHei", ' +
  '"Noto Sans CJK SC", "Noto Sans SC", Arial, sans-serif';
/**
 * How wide a letter of the labels' type is at most on average, and a Chinese character, in pixels; how many
 * characters a line has.
 */
const LETTER = 8,
  CHARACTER = 13,
  LINE = 8;
/** Colours by the tokens of the style sheet, so that a drawing turns dark with its page and light on paper. */
export const INK = 'var(--tw-ink)',
  LINES = 'var(--tw-still)';
export const drawing = {
  textRenderer: {
    defaultStyle: { fontFamily: FAMILY, fontSize: 13, lineHeight: 1.25 },
    externalStyle: { fontSize: 12.5, lineHeight: 1.25 }
  },
  bpmnRenderer: { defaultFillColor: 'var(--tw-raised)', defaultStrokeColor: LINES, defaultLabelColor: INK }
};

/**
 * Show all of the diagram, padded, if its words stay legible (`least` is the smallest scale); else its beginning,
 * or `around` an element.
 */
export function settle(canvas, { least = 0.6, padding = { top: 24, right: 24, bottom: 48, left: 24 }, around } = {}) {
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const width = outer.width - padding.left - padding.right,
    height = outer.height - padding.top - padding.bottom;
  const fit = Math.min(1, width / inner.width, height / inner.height),
    scale = Math.max(fit, Math.min(least, 1));
  const box = { width: outer.width / scale, height: outer.height / scale };
  if (fit >= least) {
    box.x = inner.x - padding.left / scale - Math.max(0, width / scale - inner.width) / 2;
    box.y = inner.y - padding.top / scale - Math.max(0, height / scale - inner.height) / 2;
  } else {
    const target = around || { x: inner.x, y: inner.y, width: 0, height: Math.min(inner.height, height / scale) };
    box.x = around ? target.x + target.width / 2 - box.width / 2 : inner.x - padding.left / scale;
    box.y = around ? target.y + target.height / 2 - box.height / 2 : inner.y - padding.top / scale;
    box.x = Math.max(
      inner.x - padding.left / scale,
      Math.min(box.x, inner.x + inner.width + padding.right / scale - box.width)
    );
    box.y = Math.max(
      inner.y - padding.top / scale,
      Math.min(box.y, inner.y + inner.height + padding.bottom / scale - box.height)
    );
    if (inner.height < height / scale) box.y = inner.y - padding.top / scale - (height / scale - inner.height) / 2;
    if (inner.width < width / scale) box.x = inner.x - padding.left / scale - (width / scale - inner.width) / 2;
  }
  canvas.viewbox(box);
}

const HOLDERS = [
  'rootElements',
  'participants',
  'flowElements',
  'laneSets',
  'lanes',
  'childLaneSet',
  'artifacts',
  'messageFlows',
  'processRef'
];

/** Everything of a file that can have names, each once. */
export function* named(thing, seen = new Set()) {
  if (!thing || typeof thing !== 'object' || seen.has(thing)) return;
  seen.add(thing);
  yield thing;
  for (const key of HOLDERS) for (const child of [].concat(thing[key] || [])) yield* named(child, seen);
}

/**
 * The width that a label's words need: its longest word; Chinese, which breaks anywhere, in lines of the same
 * length.
 */
function widthOf(words) {
  if (/[\u3400-\u9fff]/.test(words)) return Math.ceil(words.length / Math.ceil(words.length / LINE)) * CHARACTER + 4;
  return Math.max(0, ...words.split(/\s+/).map(word => word.length)) * LETTER;
}

/**
 * Give every label outside its element the room of its words, so that none is broken: files were drawn for other
 * words and other type.
 */
function makeRoom(definitions) {
  const shown = (definitions.diagrams || []).flatMap(one => one.plane?.planeElement || []);
  for (const { label, bpmnElement } of shown) {
    const bounds = label?.bounds,
      needed = Math.ceil(widthOf(bpmnElement?.name || ''));
    if (!bounds || bounds.width >= needed) continue;
    bounds.x -= (needed - bounds.width) / 2;
    bounds.width = needed;
  }
}

/** Write the names of the page's language (`name:en`, `name:zh`) on the drawing; before saving, `withPlainNames`. */
export function speak(definitions, language) {
  for (const thing of named(definitions)) {
    const name = propertiesOf(thing)[`name:${language}`];
    if (name) thing.name = name;
  }
  makeRoom(definitions);
}

/** The dialect's properties of an element: {"stage": "opening", …}. */
export function propertiesOf(businessObject) {
  const list =
    businessObject?.extensionElements?.values?.find(one => one.$type === 'zeebe:Properties')?.properties || [];
  return Object.fromEntries(list.map(one => [one.name, one.value]));
}
