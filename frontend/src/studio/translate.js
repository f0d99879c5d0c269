// The editors' own words in Chinese. Sentences without a translation are kept in `missing`, so that a test can say
// which.
import library from 'bpmn-js-i18n/translations/zn.js';
import own from './zh.js';

export const missing = new Set();
const map = { ...library, ...own };

export function translator(language) {
  const translate = (text, values = {}) => {
    const known = language === 'zh' ? map[text] : undefined;
    if (language === 'zh' && text && known === undefined && ![...text].some(sign => sign > '\x7f')) missing.add(text);
    return (known || text || '').replace(/\{([^}]+)\}/g, (whole, key) => values[key] ?? whole);
  };
  return { translate: ['value', translate] };
}
