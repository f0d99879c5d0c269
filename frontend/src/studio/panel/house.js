// A group of our own: the names in both languages, the article of law, the stage of the case, the separation of duties.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { SelectEntry, TextFieldEntry, isSelectEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';
import { find, property, writeProperty } from './extensions.js';

// the name in the page's language is the one on the canvas: one way to change it
const write = (injector, element, name, value) =>
  name === `name:${(injector.get('config.tenderway', false) || {}).language}` &&
  value &&
  !isAny(element, ['bpmn:Participant', 'bpmn:Process'])
    ? injector.get('modeling').updateProperties(element, { name: value })
    : writeProperty(injector, element, name, value);
const text = (name, label, description) =>
  function TextProperty({ element, id }) {
    const injector = useService('injector'),
      translate = useService('translate'),
      debounce = useService('debounceInput');
    return TextFieldEntry({
      element,
      id,
      label: translate(label),
      description: description && translate(description),
      debounce,
      getValue: () => property(element, name),
      setValue: value => write(injector, element, name, value || '')
    });
  };

const choice = (name, label, description, options) =>
  function ChoiceProperty({ element, id }) {
    const injector = useService('injector'),
      translate = useService('translate'),
      value = property(element, name),
      known = options(injector, element);
    return SelectEntry({
      element,
      id,
      label: translate(label),
      description: description && translate(description),
      getValue: () => value,
      setValue: chosen => writeProperty(injector, element, name, chosen || ''),
      // what isn't in the list is shown, never dropped
      getOptions: () => [
        { value: '', label: translate('<none>') },
        ...known,
        ...(value && !known.some(one => one.value === value) ? [{ value, label: value }] : [])
      ]
    });
  };

const STAGES = [
  ['application', '申请'],
  ['planning', '采购计划'],
  ['approval', '审批'],
  ['agreement', '委托代理'],
  ['documents', '招标文件'],
  ['notice', '公告'],
  ['bids', '投标'],
  ['opening', '开标'],
  ['evaluation', '评标'],
  ['award', '中标'],
  ['contract', '合同'],
  ['acceptance', '验收'],
  ['payment', '付款']
];
const stages = injector => {
  const drawn = injector
      .get('elementRegistry')
      .getAll()
      .map(one => property(one, 'stage'))
      .filter(Boolean),
    chinese = (injector.get('config.tenderway', false) || {}).language === 'zh';
  return [
    ...STAGES.map(([value, zh]) => ({ value, label: chinese ? `${zh}（${value}）` : value })),
    ...[...new Set(drawn)]
      .filter(one => !STAGES.some(([known]) => known === one))
      .map(value => ({ value, label: value }))
  ];
};
const otherTasks = (injector, element) =>
  injector
    .get('elementRegistry')
    .filter(one => is(one, 'bpmn:UserTask') && !one.labelTarget && one.id !== element.id)
    .map(one => ({ value: `not the same person as ${one.id}`, label: one.businessObject.name || one.id }));

const English = text('name:en', 'Name in English'),
  Chinese = text('name:zh', 'Name in Chinese');
const ToldEnglish = text('told:en', 'Told in English', 'The sentence in the history of the case'),
  ToldChinese = text('told:zh', 'Told in Chinese', 'The sentence in the history of the case');
const Calls = text('calls', 'Procedures it may call', 'Their ids, separated by commas. Each is checked.');
const Law = text('law', 'Legal basis', 'For example O87 39 (Order 87, article 39)'),
  Stage = choice('stage', 'Stage of the case', '', stages);
const Duty = choice('duty', 'Not the same person as', 'The person who did that task cannot do this one.', otherTasks);

/** The way to another element, chosen from a list: for whoever can't draw it. */
function Connect({ element }) {
  const translate = useService('translate'),
    walking = useService('tenderwayWalking');
  return h(
    'div',
    { class: 'bio-properties-panel-entry' },
    h(
      'button',
      {
        type: 'button',
        class: 'govuk-button govuk-button--secondary tw-button--small',
        onClick: () => walking.open('tw-connect', element)
      },
      translate('Connect to other element')
    )
  );
}

const TOLD = ['bpmn:StartEvent', 'bpmn:CatchEvent', 'bpmn:BusinessRuleTask'];
const choosesWhatItCalls = element =>
  is(element, 'bpmn:CallActivity') &&
  String(find(element, 'zeebe:CalledElement')?.get('processId') || '').startsWith('=');

export default class HouseGroup {
  constructor(propertiesPanel, translate) {
    this.translate = translate;
    propertiesPanel.registerProvider(200, this);
  }
  getGroups(element) {
    return groups => {
      if (
        element.labelTarget ||
        !isAny(element, ['bpmn:FlowNode', 'bpmn:Process', 'bpmn:Participant', 'bpmn:Lane', 'bpmn:SequenceFlow'])
      )
        return groups;
      const names = [
        { id: 'name-en', component: English, isEdited: isTextFieldEntryEdited },
        { id: 'name-zh', component: Chinese, isEdited: isTextFieldEntryEdited }
      ];
      const more = is(element, 'bpmn:FlowNode')
        ? [
            { id: 'stage', component: Stage, isEdited: isSelectEntryEdited },
            { id: 'law', component: Law, isEdited: isTextFieldEntryEdited }
          ]
        : [];
      if (isAny(element, TOLD))
        more.push(
          { id: 'told-en', component: ToldEnglish, isEdited: isTextFieldEntryEdited },
          { id: 'told-zh', component: ToldChinese, isEdited: isTextFieldEntryEdited }
        );
      if (choosesWhatItCalls(element)) more.push({ id: 'calls', component: Calls, isEdited: isTextFieldEntryEdited });
      if (is(element, 'bpmn:UserTask')) more.push({ id: 'duty', component: Duty, isEdited: isSelectEntryEdited });
      if (is(element, 'bpmn:FlowNode') && !is(element, 'bpmn:EndEvent'))
        more.push({ id: 'connect', component: Connect });
      const at = groups.findIndex(group => group.id === 'general'),
        ours = { id: 'house', label: this.translate('Names, stage and law'), entries: [...names, ...more] };
      return [...groups.slice(0, at + 1), ours, ...groups.slice(at + 1)];
    };
  }
}
HouseGroup.$inject = ['propertiesPanel', 'translate'];
