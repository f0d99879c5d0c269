// Stands in for @bpmn-io/element-templates-validator (630 KB of compiled schemas): templates are made and tested on
// the server.
const fine = object => ({ valid: true, object, errors: null });
const all = list => ({ valid: true, results: list.map(fine) });
export { fine as validate, fine as validateZeebe, all as validateAll, all as validateAllZeebe };
export const getSchemaVersion = () => '999.0.0',
  getZeebeSchemaVersion = getSchemaVersion;
export const getSchemaPackage = () => '@camunda/element-templates-json-schema',
  getZeebeSchemaPackage = () => '@camunda/zeebe-element-templates-json-schema';
