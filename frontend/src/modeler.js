// The diagram editor: bpmn-js with the Camunda 8 panel, our lists and the server's findings.
import Modeler from 'bpmn-js/lib/Modeler';
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  ZeebePropertiesProviderModule
} from 'bpmn-js-properties-panel';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import ZeebeBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import { CloudElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import ElementTemplateChooser from '@bpmn-io/element-template-chooser';
import { ZeebeVariableResolverModule } from '@bpmn-io/variable-resolver';
import { CreateAppendAnythingModule, CreateAppendElementTemplatesModule } from 'bpmn-js-create-append-anything';
import TokenSimulation from 'bpmn-js-token-simulation';
import Minimap from 'diagram-js-minimap';
import NativeCopyPaste from 'bpmn-js-native-copy-paste';
import Panel from './studio/panel/index.js';
import { translator, missing } from './studio/translate.js';
import { Session, list } from './studio/session.js';
import { Marks } from './studio/marks.js';
import { drawFindings } from './studio/findings.js';
import { drawing, settle, speak } from './studio/view.js';
import { fitOnPaper } from './studio/paper.js';
import Keyboard from './studio/keyboard.js';
import { bindTemplates } from './studio/templates.js';
import Names, { keepEnglish, withPlainNames } from './studio/names.js';
import { say } from './words.js';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-element-templates/dist/assets/element-templates.css';
import '@bpmn-io/element-template-chooser/dist/element-template-chooser.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import './studio/studio.css';

const box = document.getElementById('modeler'),
  panel = document.getElementById('panel'),
  findingsBox = document.getElementById('findings');
const language = (box.dataset.lang || document.documentElement.lang).startsWith('zh') ? 'zh' : 'en';
const { templatesUrl, formsUrl, rolesUrl, decisionsUrl, processesUrl } = box.dataset;
const [templates, forms, roles, decisions, processes] = await Promise.all(
  [templatesUrl, formsUrl, rolesUrl, decisionsUrl, processesUrl].map(list)
);

const modeler = new Modeler({
  container: box,
  propertiesPanel: { parent: panel },
  keyboardMoveSelection: { moveSpeed: 10, moveSpeedAccelerated: 50 },
  tenderway: { language, forms, roles, decisions, processes },
  moddleExtensions: { zeebe },
  ...drawing,
  additionalModules: [
    BpmnPropertiesPanelModule,
    BpmnPropertiesProviderModule,
    ZeebePropertiesProviderModule,
    ZeebeBehaviors,
    CloudElementTemplatesPropertiesProviderModule,
    ElementTemplateChooser,
    ZeebeVariableResolverModule,
    CreateAppendAnythingModule,
    CreateAppendElementTemplatesModule,
    TokenSimulation,
    Minimap,
    NativeCopyPaste,
    Panel,
    Names,
    Keyboard,
    translator(language)
  ]
});
// after the listeners stand: templates given in the configuration report their errors before anybody can hear
modeler.on('elementTemplates.errors', event =>
  console.warn('element templates:', event.errors.map(one => one.message).join('; '))
);
modeler.get('elementTemplatesLoader').setTemplates(templates);

modeler.on('import.parse.complete', ({ definitions }) => {
  if (definitions) {
    keepEnglish(definitions, modeler.get('bpmnFactory'));
    speak(definitions, language);
    bindTemplates(definitions, templates);
  }
});
fitOnPaper(modeler.get('canvas'));
new ResizeObserver(() => modeler.get('canvas').resized()).observe(box); // the palette takes two columns when it must
panel.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !event.defaultPrevented && !panel.querySelector('.cm-tooltip-autocomplete'))
    modeler.get('canvas').focus();
});
const marks = new Marks(modeler);
let lost = [];
drawFindings(findingsBox, null);
const session = new Session(box, {
  xml: async () => (await withPlainNames(modeler.getDefinitions(), () => modeler.saveXML({ format: true }))).xml,
  warnings: () => lost,
  findings: found => {
    marks.show(found);
    drawFindings(findingsBox, found, id => marks.go(id));
  }
});
try {
  const { warnings } = await modeler.importXML(await session.load());
  lost = warnings.map(one => one.message.split('\n')[0]).filter(text => /unparsable|unknown/i.test(text));
  settle(modeler.get('canvas'), { least: 0.7, padding: { top: 64, right: 32, bottom: 56, left: 124 } });
  modeler.on('commandStack.changed', () => session.changed());
  // Not in the same tick: the panel would show the root.
  if (box.dataset.select) setTimeout(() => marks.go(box.dataset.select));
} catch (problem) {
  session.tell('failed', `${say('The diagram could not be loaded.')} ${problem.message}`);
}
box.tenderway = { modeler, missing, session };
box.dispatchEvent(new CustomEvent('tw:ready', { bubbles: true }));
box.dataset.ready = 'yes';
