// Hides what the dialect refuses, in the panel and in the menus. Providers run from high to low priority, each with
// the groups of those before it: BPMN 1000, Zeebe 500, element templates 300, ours 200 and 190, this one 100. What
// already holds something stays, so that it can be seen and removed.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { bearer, find } from './extensions.js';

const OURS = ['name:en', 'name:zh', 'told:en', 'told:zh', 'law', 'stage', 'duty', 'calls'];
const GROUPS = {
  Zeebe__ExecutionListeners: element => find(element, 'zeebe:ExecutionListeners'),
  Zeebe__TaskListeners: element => find(element, 'zeebe:TaskListeners'),
  Zeebe__ExtensionProperties: element =>
    (find(element, 'zeebe:Properties')?.get('properties') || []).some(one => !OURS.includes(one.get('name'))),
  userTaskImplementation: element => !find(element, 'zeebe:UserTask'),
  scriptImplementation: element => find(element, 'zeebe:TaskDefinition'),
  businessRuleImplementation: element => find(element, 'zeebe:TaskDefinition'),
  inputPropagation: element => find(element, 'zeebe:CalledElement')?.get('propagateAllParentVariables') === false,
  headers: element => !is(element, 'bpmn:UserTask') || find(element, 'zeebe:TaskHeaders'),
  adHocSubProcessImplementation: () => false,
  activeElements: () => false,
  adHocCompletion: () => false,
  outputCollection: () => false
};
const conditionFilter = element =>
  (getBusinessObject(element).get('eventDefinitions') || [])
    .map(one => (one.get('extensionElements')?.get('values') || []).find(each => is(each, 'zeebe:ConditionalFilter')))
    .find(Boolean);
const bound = (element, type) => {
  const one = find(element, type);
  return one && one.get('bindingType') !== 'latest';
};
const ENTRIES = {
  'event-condition': {
    variableNames: element => conditionFilter(element)?.get('variableNames'),
    variableEvents: element => conditionFilter(element)?.get('variableEvents')
  },
  form: {
    bindingType: element => bound(element, 'zeebe:FormDefinition'),
    versionTag: element => bound(element, 'zeebe:FormDefinition')
  },
  calledDecision: {
    bindingType: element => bound(element, 'zeebe:CalledDecision'),
    versionTag: element => bound(element, 'zeebe:CalledDecision')
  },
  general: {
    versionTag: element =>
      (bearer(element).get('extensionElements')?.get('values') || []).some(one => is(one, 'zeebe:VersionTag'))
  }
};
const MENUS = ['bpmn-replace', 'bpmn-create', 'bpmn-append'],
  REFUSED = /ad-hoc|complex-gateway|instantiate|exclusive-event-based|choreography/;

export default class Refused {
  constructor(propertiesPanel, popupMenu) {
    propertiesPanel.registerProvider(100, this);
    for (const menu of MENUS)
      popupMenu.registerProvider(menu, 100, {
        getPopupMenuEntries: () => entries =>
          Object.fromEntries(Object.entries(entries).filter(([id]) => !REFUSED.test(id)))
      });
  }
  getGroups(element) {
    return groups =>
      groups
        .filter(group => !(group.id in GROUPS) || GROUPS[group.id](element))
        .map(group =>
          ENTRIES[group.id] && group.entries
            ? {
                ...group,
                entries: group.entries.filter(
                  one => !(one.id in ENTRIES[group.id]) || ENTRIES[group.id][one.id](element)
                )
              }
            : group
        );
  }
}
Refused.$inject = ['propertiesPanel', 'popupMenu'];
