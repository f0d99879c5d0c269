// A task that names an operation by its type is shown as that operation, whoever drew it: bound to its template
// when it is read.
import { named } from './view.js';

/** Bind every task of `definitions` whose type is the id of one of `templates` and that is bound to none. */
export function bindTemplates(definitions, templates) {
  const known = new Set(templates.map(one => one.id));
  for (const thing of named(definitions)) {
    const type = thing.extensionElements?.values?.find(one => one.$type === 'zeebe:TaskDefinition')?.type;
    if (known.has(type) && !thing.get('zeebe:modelerTemplate')) thing.set('zeebe:modelerTemplate', type);
  }
}
