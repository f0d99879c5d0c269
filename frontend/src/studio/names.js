// The canvas shows and edits the name in the page's language (`name:en`, `name:zh`). The plain `name` of the file
// stays the English one, a lane's its role.
import CommandInterceptor from 'diagram-js/lib/command/CommandInterceptor';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { property, writeProperty } from './panel/extensions.js';
import { named, propertiesOf } from './view.js';

const NAMED = ['bpmn:FlowNode', 'bpmn:SequenceFlow', 'bpmn:Lane', 'bpmn:Process'];

class Names extends CommandInterceptor {
  constructor(eventBus, injector) {
    super(eventBus);
    const language = (injector.get('config.tenderway', false) || {}).language || 'en';
    this.postExecute(['element.updateLabel', 'element.updateProperties'], ({ context }) => {
      const { element, oldLabel, oldProperties } = context,
        now = element.businessObject.name || '',
        before = (oldProperties ? ('name' in oldProperties ? oldProperties.name : now) : oldLabel) || '';
      if (now === before || !isAny(element, NAMED)) return;
      // who renames in one language takes nothing from the other, whose name was the plain one until now
      const other = language === 'en' ? 'name:zh' : 'name:en';
      if (before && !property(element, `name:${language}`) && !property(element, other))
        writeProperty(injector, element, other, before);
      writeProperty(injector, element, `name:${language}`, now);
    });
  }
}
Names.$inject = ['eventBus', 'injector'];
export default { __init__: ['tenderwayNames'], tenderwayNames: ['type', Names] };

// a lane's plain name is the role it is for: it stays as it was read, whatever the lane is called
const roles = new WeakMap();
const plainName = thing => (is(thing, 'bpmn:Lane') ? roles.get(thing) : propertiesOf(thing)['name:en']);
const plainly = definitions =>
  [...named(definitions)]
    .filter(thing => !is(thing, 'bpmn:Participant'))
    .map(thing => [thing, plainName(thing)])
    .filter(([thing, name]) => name && name !== thing.name);

/** Run `save` while the model holds the plain names of the file, then show those of the page's language again. */
export async function withPlainNames(definitions, save) {
  const changed = plainly(definitions),
    shown = changed.map(([thing]) => thing.name);
  for (const [thing, name] of changed) thing.name = name;
  try {
    return await save();
  } finally {
    changed.forEach(([thing], at) => {
      thing.name = shown[at];
    });
  }
}

/**
 * Where only the plain name is English (a `name:zh` without a `name:en`), write it down as such: the other
 * language's takes its place on the canvas.
 */
export function keepEnglish(definitions, factory) {
  for (const thing of named(definitions)) {
    if (is(thing, 'bpmn:Lane')) {
      roles.set(thing, thing.name);
      continue;
    }
    const { 'name:en': english, 'name:zh': chinese } = propertiesOf(thing);
    if (english || !chinese || !thing.name || thing.name === chinese || is(thing, 'bpmn:Participant')) continue;
    const box = thing.extensionElements.values.find(one => one.$type === 'zeebe:Properties'),
      made = factory.create('zeebe:Property', { name: 'name:en', value: thing.name });
    made.$parent = box;
    box.properties.push(made);
  }
}
