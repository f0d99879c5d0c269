// Reading and writing extension elements as one step of undo.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

/** The object that carries the extension elements: a pool's are its process's. */
export function bearer(element) {
  const object = getBusinessObject(element);
  return is(object, 'bpmn:Participant') ? object.get('processRef') || object : object;
}

export const find = (element, type) =>
  (bearer(element).get('extensionElements')?.get('values') || []).find(one => is(one, type));

class Steps {
  constructor(injector, element) {
    this.injector = injector;
    this.element = element;
    this.commands = [];
  }
  set(moddleElement, properties) {
    this.commands.push({
      cmd: 'element.updateModdleProperties',
      context: { element: this.element, moddleElement, properties }
    });
  }
  make(type, properties, parent) {
    const made = this.injector.get('bpmnFactory').create(type, properties);
    made.$parent = parent;
    return made;
  }
  list(object) {
    let list = object.get('extensionElements');
    if (!list) {
      list = this.make('bpmn:ExtensionElements', { values: [] }, object);
      this.set(object, { extensionElements: list });
    }
    return list;
  }
  run() {
    if (this.commands.length)
      this.injector.get('commandStack').execute('properties-panel.multi-command-executor', this.commands);
  }
}

/** Set one attribute of the extension element `type`; an element left without any of `attributes` goes. */
export function writeAttribute(injector, element, type, attribute, value, attributes = [attribute]) {
  const steps = new Steps(injector, element),
    object = bearer(element),
    old = find(element, type),
    list = steps.list(object);
  if (old && !value && !attributes.some(one => one !== attribute && old.get(one)))
    steps.set(list, { values: list.get('values').filter(one => one !== old) });
  else if (old) steps.set(old, { [attribute]: value || undefined });
  else if (value) steps.set(list, { values: [...list.get('values'), steps.make(type, { [attribute]: value }, list)] });
  steps.run();
}

export const property = (element, name) =>
  (find(element, 'zeebe:Properties')?.get('properties') || []).find(one => one.get('name') === name)?.get('value') ||
  '';

/**
 * Set, or with an empty value take away, one of the dialect's properties (name:en, name:zh, told:en, told:zh, law,
 * stage, duty, calls).
 */
export function writeProperty(injector, element, name, value) {
  const steps = new Steps(injector, element),
    object = bearer(element),
    list = steps.list(object),
    old = find(element, 'zeebe:Properties');
  const others = (old?.get('properties') || []).filter(one => one.get('name') !== name),
    known = (old?.get('properties') || []).find(one => one.get('name') === name);
  if (known && value) steps.set(known, { value });
  else if (!value && old && !others.length) steps.set(list, { values: list.get('values').filter(one => one !== old) });
  else if (!value && old) steps.set(old, { properties: others });
  else if (value) {
    const box = old || steps.make('zeebe:Properties', { properties: [] }, list),
      made = steps.make('zeebe:Property', { name, value }, box);
    if (old) steps.set(old, { properties: [...others, made] });
    else {
      box.properties = [made];
      steps.set(list, { values: [...list.get('values'), box] });
    }
  }
  steps.run();
}
