// What the properties panel needs of CodeMirror, for fields of FEEL and JSON: loaded when the first such field is
// shown (see build.mjs).
export { EditorView, highlightSpecialChars, drawSelection, keymap, placeholder, lineNumbers } from '@codemirror/view';
export { Annotation, EditorState } from '@codemirror/state';
export {
  syntaxHighlighting,
  defaultHighlightStyle,
  foldGutter,
  bracketMatching,
  foldKeymap
} from '@codemirror/language';
export { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
export { history, defaultKeymap, historyKeymap } from '@codemirror/commands';
export { jsonParseLinter, json } from '@codemirror/lang-json';
export { linter } from '@codemirror/lint';
export { FeelersEditor } from '@bpmn-io/feelers-editor';
export { default as Editor } from '@bpmn-io/feel-editor';
