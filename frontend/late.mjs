// The properties panel carries a code editor, a quarter of all that the studio loads, for fields of FEEL and JSON.
// Most looks at a diagram never show one: it is loaded when the first such field is drawn, and the field is filled
// in then with what it holds by that time.
import fs from 'node:fs';

const CODE = './src/studio/code-fields.js';

/**
 * `[from, to, how often]`: every place is there exactly so often, or the library has changed and this must be
 * looked at again.
 */
const changes = names => [
  [
    'const ExternalChange = Annotation.define();\nconst parseJsonLinter = jsonParseLinter();\n',
    `let ${[...names, 'ExternalChange', 'parseJsonLinter', 'loading'].join(', ')};
function withCode(use) {
  let gone = false;
  loading ??= import('tenderway:code-fields').then(code => {
    ({ ${names.join(', ')} } = code);
    ExternalChange = Annotation.define();
    parseJsonLinter = jsonParseLinter();
  });
  loading.then(() => { if (!gone) use(); });
  return () => { gone = true; };
}
`,
    1
  ],
  [
    '    const view = new EditorView({',
    '    let view;\n    const leave = withCode(() => {\n    view = new EditorView({',
    1
  ],
  [
    `    view.contentDOM.setAttribute('aria-label', label);\n    return () => {\n      view.destroy();`,
    "    view.contentDOM.setAttribute('aria-label', label);\n    });\n" +
      '    return () => {\n      leave();\n      view?.destroy();',
    1
  ],
  ['    editor = new FeelersEditor({', '    const leave = withCode(() => {\n    editor = new FeelersEditor({', 1],
  ['    editor = new Editor({', '    const leave = withCode(() => {\n    editor = new Editor({', 1],
  [
    '    setEditor(editor);\n    return () => {\n',
    '    setEditor(editor);\n    });\n    return () => {\n      leave();\n',
    2
  ],
  [
    '    editor.setValue(value);\n    setLocalValue(value);\n  }, [value]);',
    '    editor.setValue(value);\n    setLocalValue(value);\n  }, [value, editor]);',
    2
  ],
  ['  }, [variables]);', '  }, [variables, editor]);', 1],
  [
    '    editor.setPlaceholder(placeholder);\n  }, [placeholder]);',
    '    editor.setPlaceholder(placeholder);\n  }, [placeholder, editor]);',
    1
  ],
  ['  }, [engines]);', '  }, [engines, editor]);', 1]
];

function change(text, [from, to, times]) {
  if (text.split(from).length !== times + 1)
    throw new Error(`@bpmn-io/properties-panel has changed: look at late.mjs again (${from.trim().slice(0, 60)})`);
  return text.replaceAll(from, () => to);
}

export const codeComesLate = {
  name: 'code-comes-late',
  setup(builder) {
    builder.onResolve({ filter: /^tenderway:code-fields$/ }, () =>
      builder.resolve(CODE, {
        kind: 'dynamic-import',
        resolveDir: builder.initialOptions.absWorkingDir || process.cwd()
      })
    );
    builder.onLoad({ filter: /@bpmn-io[\\/]properties-panel[\\/]dist[\\/]index\.esm\.js$/ }, args => {
      const names = [];
      const text = fs
        .readFileSync(args.path, 'utf8')
        .replace(
          /^import (?:\{([^}]*)\}|(Editor)) from '(@codemirror\/[\w-]+|@bpmn-io\/feel(?:ers)?-editor)';\n/gm,
          (_, some, one) => {
            names.push(...(some || one).split(',').map(each => each.trim()));
            return '';
          }
        );
      return { contents: changes(names).reduce(change, text), loader: 'js' };
    });
  }
};
