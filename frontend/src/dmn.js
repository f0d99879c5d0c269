// The decision editor: dmn-js with the same addresses as the diagram editor.
import DmnModeler from 'dmn-js/lib/Modeler';
import { translator, missing } from './studio/translate.js';
import { Session } from './studio/session.js';
import { drawFindings } from './studio/findings.js';
import { drawing, settle, INK, LINES } from './studio/view.js';
import { say } from './words.js';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import './studio/studio.css';

const box = document.getElementById('dmn'),
  findingsBox = document.getElementById('findings');
const language = (box.dataset.lang || document.documentElement.lang).startsWith('zh') ? 'zh' : 'en',
  words = { additionalModules: [translator(language)] };
const { textRenderer } = drawing;
const modeler = new DmnModeler({
  container: box,
  drd: { ...words, textRenderer, drdRenderer: { defaultStrokeColor: LINES, defaultLabelColor: INK } },
  decisionTable: words,
  literalExpression: words,
  boxedExpression: words,
  common: { expressionLanguages: { options: [{ value: 'feel', label: 'FEEL' }], defaults: { editor: 'feel' } } }
});
const decisionOf = id =>
  modeler.getViews().find(view => view.element.id === id || (view.element.$descriptor && contains(view.element, id)));
function contains(element, id, seen = new Set()) {
  if (!element || typeof element !== 'object' || seen.has(element)) return false;
  seen.add(element);
  if (element.id === id) return true;
  return ['decisionLogic', 'input', 'output', 'rule', 'inputEntry', 'outputEntry', 'inputExpression'].some(key =>
    [].concat(element[key] || []).some(one => contains(one, id, seen))
  );
}
let lost = [];
drawFindings(findingsBox, null);
const session = new Session(box, {
  xml: async () => (await modeler.saveXML({ format: true })).xml,
  warnings: () => lost,
  findings: found =>
    drawFindings(findingsBox, found, id => {
      const view = id && decisionOf(id);
      if (view) modeler.open(view);
    })
});
modeler.on('views.changed', ({ activeView }) => {
  if (activeView?.type === 'drd')
    settle(modeler.getActiveViewer().get('canvas'), {
      least: 0.7,
      padding: { top: 120, right: 32, bottom: 56, left: 124 }
    });
});
const watched = new WeakSet();
modeler.on('viewer.created', ({ viewer }) => {
  if (watched.has(viewer)) return;
  watched.add(viewer);
  viewer.on('commandStack.changed', () => session.changed());
});
try {
  const { warnings } = await modeler.importXML(await session.load());
  lost = warnings.map(one => one.message.split('\n')[0]).filter(text => /unparsable|unknown/i.test(text));
  const tables = modeler.getViews().filter(view => view.type === 'decisionTable' || view.type === 'literalExpression');
  const wanted = box.dataset.select && decisionOf(box.dataset.select);
  if (wanted || tables.length === 1) await modeler.open(wanted || tables[0]);
} catch (problem) {
  session.tell('failed', `${say('The diagram could not be loaded.')} ${problem.message}`);
}
box.tenderway = { modeler, missing, session };
box.dispatchEvent(new CustomEvent('tw:ready', { bubbles: true }));
box.dataset.ready = 'yes';
