// What prettier doesn't see: names that nobody declared or uses, comparisons that convert, too many ways through a
// function.
import js from '@eslint/js';
import globals from 'globals';

export default [
  js.configs.recommended,
  {
    rules: {
      complexity: ['error', 15],
      eqeqeq: 'error',
      'max-len': ['error', { code: 120 }],
      'no-var': 'error',
      'prefer-const': 'error'
    }
  },
  { files: ['src/**'], languageOptions: { globals: globals.browser } },
  { files: ['*.mjs', 'specs/**'], languageOptions: { globals: { ...globals.browser, ...globals.node } } }
];
