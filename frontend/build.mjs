// Builds everything the browser loads into ../app/static/dist: the same sources give the same bytes.
import { build } from 'esbuild';
import * as sass from 'sass';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { collectLicences } from './licences.mjs';
import { codeComesLate } from './late.mjs';

const here = path.dirname(fileURLToPath(import.meta.url)),
  out = path.resolve(here, '../app/static/dist');
process.chdir(here);
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(path.join(out, 'assets'), { recursive: true });

// The FEEL editor's style library writes <style> tags into the document; `style-src 'self'` forbids them and the
// list of completions lies unstyled over the panel. In a shadow root it uses adopted style sheets, which are
// allowed: let it do so always.
const adoptedStyleSheets = {
  name: 'adopted-style-sheets',
  setup(builder) {
    builder.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, args => {
      const from = '!root.head && root.adoptedStyleSheets',
        text = fs.readFileSync(args.path, 'utf8');
      if (text.split(from).length !== 2) throw new Error('style-mod has changed: look at this patch again');
      return { contents: text.replace(from, 'root.adoptedStyleSheets'), loader: 'js' };
    });
  }
};
// The libraries write markup with style attributes, which the same policy drops (and the console reports). Their
// one door for markup is domify: take the attributes out before the text is read and set them through the object
// model, which is allowed. What is shown stays the same, the bpmn.io mark too.
const stylesThroughTheModel = {
  name: 'styles-through-the-model',
  setup(builder) {
    builder.onLoad({ filter: /domify[\\/]index\.js$/ }, args => {
      const from = 'element.innerHTML = prefix + htmlString + suffix;',
        text = fs.readFileSync(args.path, 'utf8');
      if (text.split(from).length !== 2) throw new Error('domify has changed: look at this patch again');
      const to = `element.innerHTML = (prefix + htmlString + suffix).replace(/\\sstyle=(["'])/g, ' data-tw-style=$1');
	for (const styled of element.querySelectorAll('[data-tw-style]')) {
		styled.style.cssText = styled.dataset.twStyle;
		styled.removeAttribute('data-tw-style');
	}`;
      return { contents: text.replace(from, () => to), loader: 'js' };
    });
  }
};
// Diagram fonts come in five formats; every browser that runs these bundles reads woff2.
const onlyWoff2 = {
  name: 'only-woff2',
  setup(builder) {
    builder.onLoad({ filter: /-font[\\/]css[\\/][\w-]+\.css$/ }, args => {
      const text = fs.readFileSync(args.path, 'utf8'),
        file = text.match(/url\('([^']+\.woff2)[^']*'\)/)?.[1];
      if (!file) throw new Error(`no woff2 in ${args.path}`);
      const face = text.match(/@font-face\s*\{[^}]*\}/)[0],
        family = face.match(/font-family:\s*'([^']+)'/)[1];
      return {
        contents: text.replace(face, `@font-face { font-family: '${family}'; src: url('${file}') format('woff2'); }`),
        loader: 'css',
        resolveDir: path.dirname(args.path)
      };
    });
  }
};

// Each page's script by itself, so that none loads what another shares with it; what a script may need later is a
// part of its own.
const inputs = {};
for (const entry of ['forms', 'modeler', 'dmn', 'monitor', 'charts'])
  Object.assign(
    inputs,
    (
      await build({
        entryPoints: { [entry]: `src/${entry}.js` },
        outdir: out,
        bundle: true,
        splitting: true,
        chunkNames: 'parts/[name]-[hash]',
        minify: true,
        format: 'esm',
        target: 'es2022',
        charset: 'utf8',
        metafile: true,
        legalComments: 'none',
        logLevel: 'warning',
        plugins: [adoptedStyleSheets, stylesThroughTheModel, onlyWoff2, codeComesLate],
        alias: {
          '@camunda/feel-builtins': './src/studio/functions.js', // another engine's functions; the page brings ours
          preact: '@bpmn-io/properties-panel/preact', // two copies of preact, and no popup menu opens
          // 630 KB; the templates are made and tested on the server
          '@bpmn-io/element-templates-validator': './src/studio/templates-validator.js'
        },
        loader: { '.woff2': 'file', '.svg': 'dataurl', '.json': 'json' },
        assetNames: 'assets/[name]',
        define: { 'process.env.NODE_ENV': '"production"' }
      })
    ).metafile.inputs
  );

// What every page needs, and what the public pages and those of work need besides: each layout loads its own
// (base.html, portal_base.html).
for (const sheet of ['site', 'portal', 'work']) {
  fs.writeFileSync(
    path.join(out, `${sheet}.css`),
    sass.compile(`src/styles/${sheet}.scss`, { style: 'compressed', quietDeps: true }).css + '\n'
  );
}
const font = 'node_modules/@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-wght-normal.woff2';
fs.copyFileSync(font, path.join(out, 'assets', path.basename(font)));
// A font is named by its content, as the pages name it (app/web/assets.py), so that it is loaded once and kept for
// good.
for (const name of fs.readdirSync(out).filter(each => each.endsWith('.css'))) {
  const file = path.join(out, name),
    digest = asset =>
      createHash('sha256')
        .update(fs.readFileSync(path.join(out, asset)))
        .digest('hex')
        .slice(0, 12);
  fs.writeFileSync(
    file,
    fs
      .readFileSync(file, 'utf8')
      .replace(/url\((["']?)(?:\.\/)?(assets\/[\w.-]+)\1\)/g, (_, quote, asset) => `url("${asset}?v=${digest(asset)}")`)
  );
}
fs.writeFileSync(
  path.join(out, 'LICENSES.txt'),
  collectLicences([...Object.keys(inputs), font, 'node_modules/govuk-frontend/x'])
);

for (const name of fs
  .readdirSync(out, { recursive: true })
  .filter(each => /\.(js|css)$/.test(each))
  .sort()) {
  const bytes = fs.readFileSync(path.join(out, name));
  console.log(
    name.padEnd(28),
    String(bytes.length).padStart(9),
    'bytes,',
    String(gzipSync(bytes, { level: 9 }).length).padStart(8),
    'compressed'
  );
}
