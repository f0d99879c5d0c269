// Lists in place of free text: a start event's and a user task's form, a user task's group, a rule task's decision,
// a call activity's process.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { SelectEntry, isSelectEntryEdited } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { bearer, find, writeAttribute } from './extensions.js';

const picker = (label, type, attribute, source, siblings) =>
  function Picker({ element, id }) {
    const injector = useService('injector'),
      translate = useService('translate'),
      lists = useService('config.tenderway', false) || {};
    const value = find(element, type)?.get(attribute) || '',
      known = (lists[source] || []).map(one => ({
        value: one.id,
        label: one.name && one.name !== one.id ? `${one.name} (${one.id})` : one.id
      }));
    return SelectEntry({
      element,
      id,
      label: translate(label),
      getValue: () => value,
      setValue: chosen => writeAttribute(injector, element, type, attribute, chosen, siblings),
      getOptions: () => [
        { value: '', label: translate('<none>') },
        ...known,
        ...(value && !known.some(one => one.value === value) ? [{ value, label: value }] : [])
      ]
    });
  };

// group of the panel: the entries that a list replaces, and the list
const LISTS = [
  {
    group: 'form',
    type: 'bpmn:UserTask',
    source: 'forms',
    replaces: ['formType', 'formId', 'bindingType', 'versionTag'],
    id: 'picked-form',
    component: picker('Form', 'zeebe:FormDefinition', 'formId', 'forms', ['formId', 'formKey', 'externalReference']),
    unless: element => {
      const form = find(element, 'zeebe:FormDefinition');
      return form?.get('externalReference') || form?.get('formKey');
    }
  },
  {
    group: 'assignmentDefinition',
    type: 'bpmn:UserTask',
    source: 'roles',
    replaces: [],
    id: 'picked-role',
    component: picker('Role', 'zeebe:AssignmentDefinition', 'candidateGroups', 'roles', [
      'assignee',
      'candidateGroups',
      'candidateUsers'
    ])
  },
  {
    group: 'calledDecision',
    type: 'bpmn:BusinessRuleTask',
    source: 'decisions',
    replaces: ['decisionId', 'bindingType', 'versionTag'],
    id: 'picked-decision',
    component: picker('Decision', 'zeebe:CalledDecision', 'decisionId', 'decisions', ['decisionId', 'resultVariable'])
  },
  {
    group: 'calledElement',
    type: 'bpmn:CallActivity',
    source: 'processes',
    replaces: ['targetProcessId'],
    id: 'picked-process',
    component: picker('Process', 'zeebe:CalledElement', 'processId', 'processes', ['processId'])
  }
];

// the panel has no group for the form of a process's own plain start event
const START = {
  id: 'picked-start-form',
  component: picker('Form', 'zeebe:FormDefinition', 'formId', 'forms', ['formId', 'formKey', 'externalReference']),
  isEdited: isSelectEntryEdited
};
const isStartedByHand = element =>
  is(element, 'bpmn:StartEvent') &&
  is(bearer(element).$parent, 'bpmn:Process') &&
  !bearer(element).get('eventDefinitions')?.length;

export default class Pickers {
  constructor(propertiesPanel, injector, translate) {
    this.translate = translate;
    this.lists = injector.get('config.tenderway', false) || {};
    propertiesPanel.registerProvider(190, this);
  }
  withStart(element, groups) {
    if (!isStartedByHand(element) || !this.lists.forms?.length) return groups;
    const at = groups.findIndex(group => group.id === 'documentation') + 1,
      form = { id: 'start-form', label: this.translate('Form'), entries: [START], shouldOpen: true };
    return [...groups.slice(0, at), form, ...groups.slice(at)];
  }
  getGroups(element) {
    return groups =>
      this.withStart(element, groups).map(group => {
        const list = LISTS.find(one => one.group === group.id && is(element, one.type));
        if (!list || !this.lists[list.source]?.length || list.unless?.(element)) return group;
        const entry = { id: list.id, component: list.component, isEdited: isSelectEntryEdited };
        return {
          ...group,
          shouldOpen: true,
          entries: [entry, ...group.entries.filter(one => !list.replaces.includes(one.id))]
        };
      });
  }
}
Pickers.$inject = ['propertiesPanel', 'injector', 'translate'];
